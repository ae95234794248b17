"""The lines of `poisoned_batch.py` as an old workbook (.xls), packed: nothing that we install writes one."""

import base64
import zlib

_PACKED = (
    "c-rk+eQXrR6@PPgd$;HN@b2CDu+J&ELJR>+yLbKo8YM@l68cB8=6p_VYGSa-"
    ")wD)HT|2@75lBEHI+74IqzY73Eu~3N)r9=fq@h&<s!~<T2T3EfRU{N>iiFz!kw~;@)xh@6+r4F<yHbOcMvZhc?CiXm_wjr0&CKo|e)EieZua@yd6"
    "-jffgoJ5q7e3s3B2?=p#jcYmh9H=I0ROse5OiN#jJ%D_<7>Bh|HnP_jw4wiO^|m0se^B2G{}S_HEVtr&!hyhEX9g+>EV&@8d`k+6YyO+RfCaseO("
    "(e?jeP8hMD?o00dN_&S^^nM+qXt9U4|faa1Q^}a|l@6bpATHrTw72kJQ*t`ndI{D4ft^c1B^FwiX5-"
    "@LTtJ|uRqg&5G1{3%s{LRV(T&nNXQ~AdDr#mhH$N#~{BR=Eb4TJ#pg0+bj_yLGRCvC!jF#FE-eFP5%XOQ|LUd<rxtlZI;7<hk1wSITcxqG8l&gy#"
    "njlq{I`qol)^#&cpKZi#T?b^MpU$vyPzG!Ch{jbe-"
    "y#DA*J6ijWj?H#Ntr&<yX2dvTK4wmhL``)(YTjA_^FlQQV$@WvwMU{>5X4sxma64(99uDVllk`g#DD_g#}8jNPuD)Ih@D8hF#MB|ljeJs9o4W+Xk"
    "$YIl2HZmOuyI^JTz6kaMy;uUAt?8v8zLWuU<N$T2mv!K+6`ooZncSPT{WWHhPN1!m3`wC}72Z2;xNb*R^H+5fDW%pa?xMHPQv@I7*r0>rE1FGgBa"
    "RD`RO^i<QEvTWwY=R?SK~mxg00>C>OeZw#(If<Ap~uzUUfk+M`&`;IW1>*ihK$TR&=EZ;Pihb)NY`2ut!f*!<B#PeYlRs(Cda~U|+3!QoEN?x8O&"
    "p-CTT^^5C6^tIN#)_Rdw|@BOh<C1N^cvD?4?4N#4==vE!+dk|g8ZKQkM(=Gx{MWAjlvMdeapbHN1C8};IBid?ybW+@9|S-"
    "kY^>J+rsmBd#=207;jGazVf(kwg4=)1@kDmvQR7(^C;Sl)42y<k<9AAY;6gMi(7M60ff;xzU5$H`sK>gd*pHx1{|K*c&vQVteLa@7Y|=NGBNZ-"
    "Ic`l1{b)=kIce5Y{>rAGmQUA`-;kqVUfS1gwabhOW9~BfuqIXHEIaMO`18KrZ~tKEhq#!}l=Tf!tKGt-HZip2;7K!QO;om5kenS}xkZw-"
    "{U;v5^*^xpU%Pvz&(?C50bQ7|URX{Ex>~QpAkdz<x(hmYfw_73sgav1-"
    "<vL1kN3;%BJXlD)iEXp?yNN7CbXZG8hchI=ou2n_HNvyvai#VL<1E*I{v|L?-"
    "*NG+DIdNaisnh)gd=NSg=n@pm36A+Nq7=wUi{5QF}jWZKr;Y+6<omcwe-x#p&Gs0P*an*+poli^|)j#h(6+*gx=>^3UcUc(1es`_HaDe{bg5-"
    "<M`#0ouG9<z;;UIz^{A`h+YmmFjolJaNxb+x8z%Up1hSUlFjJSH)(y3{9RlMw<#EC0r`(#7asB$a5|oAnBmPZ^t&|QURnCmy(*pE)_y5;!+Ays!N"
    "3#X9TIJOQ}dTIf#Njh=PPD<?sgyQQD;>qL@obL~*3{1SBO9CEYoNafTgEo05nUE~Pqh5>aRlqF>@{$ceDs7ZhK+AE4;k{UF8B?uRIfQhSJS;0Xvp"
    "T!A6N@#@(xWq;Lm-"
    "<R!qFP0F)qWEA@JXjPD7R7@_@nBIrSQNsdIkptSqPvtAhr)1#eX<m0Sqif(g$YZ>$xE0JgxxvCnX@U0p~a=V7{Uxg#0Nu!VTdpc5w=nyY^6llN{J"
    "AntV>Bm^IXb{D8dk_K8RG()#~u8q^r%Pyt-"
    "7TE9#>w%Djs*@1o4RsOw!A79tgLcC`Fbv{fdcLoRdWlyYi~IPM5Zs5w`Kgxc;>UZ_z9HRb~~#txAfJ49ma5Q(uvB*qSr7&}B_>=22uLnOuyk+=_{"
    "I165!1uxEm7iUW&&Xz`;5MAd|64B>e${V9Ni&0_@BAJ#1>H4o}Nw7pDn2`iClJs#qNk-;7{7I%O$#f-"
    "|u4W%y&7|vkhrgM0<z33FtC{K2d~|6n9U4oA#?qm&bZ9Ic8ndb~tGbU>ojmxw!>_Yw=uDT+bftWBrAXHThd;%1rI@Z1)0Otom1faMvuLDQG}0^@X"
    "%>w%AzJ8CUPNhzC{2iNa1dpD5M@YLhr^#CU5i}Gt1H92%lhcbGJmq<&tk`eEPEDY$?9U4@_LYER<q2iJe`#}R_9SnZ*=U;BdaNwl2(h3bSu3da_L"
    "r*UgB`H`Eaxm$5MwQ=kp$xBaUSb;v8kJ)1{<u%N=R(i5igf7wE~JCHwlEs=@{IAxv*JA$s3X=nW`H&;9`21-"
    "<_%p5GHyxFwK+7vyUmtoDpIL8CNEqclpRG)kj1N~1JNqclpRe9}e!8ZSS<<c~ig`gXPdUn4@_XZHU_$nP=v)gPyyg@C?wo1MS=xQy48#-"
    "CAqW=lV8$2tXhxDB@9eG+D_Y5inD5p`YSW6IS3UPzWfv_1(FFh)2gu6g~YARxT{d~Ct|C%1*J)&7-h!TCS7|8H=&d}{"
)

OLD_BATCH = zlib.decompress(base64.b85decode(_PACKED))
