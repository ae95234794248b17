"""An old workbook (.xls), packed: a merged title, a header, a row with a date cell, a row with an ID as number and a formula."""

import base64
import zlib

_PACKED = (
    "c-rk)O-NKx6#njeGtP`SI_fBBGz~&l{=ldexzOo{a@AmI_CsLW3=*csP>{9IGFMU*Z7OOZ*dhX}O+WNQ(k3FXauF1P7Oq+aMJ?3V"
    "IcMH0H3J7yFy43HJ@?*o?>YC}ckbVNuZA;6`|sqBVHT>PW6JO#Wg1UW^jHNSsNOI*Yo%_AhK(f!kDDBs;>1JmOBef){XGT^w;e-7"
    "fsYjT;|L-h?Xln@Vzb!Lq}YZkq6$}ula4&GDof}=q1i%jNy|q<Hwx#h&?;&>s`g<x94Xph&f+~<fz+jg_1+Vicfu({4xaNY?mDj$"
    "ZJpQ@Kh$)1iB$v~X&3-Gv?kUbi*q>x*O3Zz5=z_JN~6(H_{rG=_+|uwuhy!58npR~%U2-&kC}YeU-)iv;%xp!%>i`7I3SCpmz-Sb"
    "kh!4Bk4>OnHf4@f>#g5aN6E-uZ@m-h=DEqpP~Z1Db)0ywFI>As$#`r<3njruPb7<0!`jfg^769E^`TH11$wA1((=9`l@9{hID9iU"
    "4zDbzG@?;tNIp}Rm5(f#xbfx9_U77fqj0*#ro@r5l1Bgor&xl7)1}7oix!DQvCz|^b(!Szh5BjEQ(9P?V`jGXNSiZKTS)y>2u8xI"
    "rsY>tzW4Kv`+?q1;Wd;WtQkAuAAB3`M*$siQIhA-gA!Guu3Tn32wSN#x1SF}^ZwY1+?vm{-7wG13{3LkBV-DFLhlIjb~xxFq2`cK"
    "BEd9KvfgK+q=~Fm(y8Pyd)MaBrHL-5**@VL_Ss_@4eRR5=8d)Cg=SjBy7gIFbkV{N*U3-1Xvr-;ne(ioYfB226UVZOuL22C7Xk_a"
    "(mHMq38J`K%fel@iuUW@NQDg>Hf-3iVZ(-vg@lq%1IU$)ua8diD(^D?>r7IdvVW8Ox7dje3P<Uqax2;?jiWQE`I8H$vUI6=%2@vk"
    "8M~?XI9kyxcC;ovf9c~zO&`y^1%3Z+2_@VAR5ErhaQ{C6_`&O4"
)

OLD_WORKBOOK = zlib.decompress(base64.b85decode(_PACKED))
