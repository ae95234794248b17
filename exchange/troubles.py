"""What may be wrong with a handed-in table as a whole: each by its name, with a sentence in two languages."""

from collections.abc import Mapping

_TROUBLES: Mapping[str, tuple[str, str]] = {
    "empty": ("文件是空的", "the file is empty"),
    "not-a-table": (
        "不是可以读取的表格，请使用xlsx、xls或csv文件",
        "this is no table that can be read: use xlsx, xls or csv",
    ),
    "web-page": (
        "这是网页格式的文件，请在表格软件中打开后另存为xlsx",
        "this is a web page in disguise: open it and save it as xlsx",
    ),
    "damaged": ("文件已损坏或不完整，请重新保存后上传", "the file is damaged or incomplete"),
    "encrypted": ("文件设有密码，请取消密码后上传", "the file is protected by a password"),
    "macros": ("文件含有宏，请另存为不含宏的xlsx后上传", "the file holds macros: save it as xlsx without them"),
    "declares-entities": ("文件含有不允许的内容定义（DTD）", "the file declares entities, which is not allowed"),
    "too-many-parts": ("文件内部的部件过多，疑似恶意压缩文件", "too many parts inside: this looks like a zip bomb"),
    "unpacks-too-large": (
        "文件解压后超过{megabytes}MB，疑似恶意压缩文件",
        "unpacked it exceeds {megabytes} MB: this looks like a zip bomb",
    ),
    "packed-too-tight": (
        "文件的压缩率异常（超过{ratio}倍），疑似恶意压缩文件",
        "packed more than {ratio} times: this looks like a zip bomb",
    ),
    "took-too-much": (
        "读取此文件所需的时间或内存超过限制，请拆分后上传",
        "reading it needs more time or memory than allowed: split it",
    ),
    "too-many-rows": ("表格超过{rows}行，请拆分后上传", "more than {rows} rows: split the table"),
    "too-many-columns": ("表格超过{columns}列，请删除多余的列", "more than {columns} columns"),
    "unknown-encoding": (
        "不能识别文字编码，请另存为UTF-8或GB18030编码的csv",
        "the encoding is neither UTF-8 nor GB18030",
    ),
    "no-header": ("没有找到表头，应有：{columns}", "no header row was found; expected {columns}"),
    "missing-columns": ("缺少列：{columns}", "columns are missing: {columns}"),
    "doubled-columns": ("同一列出现了两次：{columns}", "a column occurs twice: {columns}"),
    "several-tables": (
        "文件中有多张工作表都是此类表格，请每张另存为一个文件，分别报送",
        "several sheets hold such a table: save each as a file of its own",
    ),
    "unticked-sheets": (
        "文件中有多张名单，但{sheets}工作表未勾选或勾选了几个对象类别，请每张勾选一类",
        "there are several lists, and the sheets {numbers} are not ticked with one category each",
    ),
    "contradictory-certificates": (
        "“{category}”的动态调整情况证明有几份（{sheets}工作表），户数、人数或者日期不一致，请核对后只留一份",
        "the certificates of {named} on the sheets {numbers} contradict each other: keep one",
    ),
    "certificate-without-list": (
        "“{category}”的动态调整情况证明（{sheets}工作表）没有勾选同一类别的名单，请附上名单，或者删去这份证明",
        "the certificate of {named} on the sheets {numbers} has no list that is ticked alike: add it, or delete the certificate",
    ),
    "typed-for-several": (
        "文件中有几个类别的名单（{lists}），请不要另选对象类别或填写户数、人数：每类以表内勾选和所附证明为准，或分别报送",
        "there are lists of several categories ({codes}): choose no category and type no counts beside the file",
    ),
    "hidden-table": (
        "隐藏的工作表中也有此类表格，请取消隐藏后核对，或将其删除",
        "a hidden sheet holds such a table as well: show it or delete it",
    ),
    "other-template": ("这是另一种表格的模板，请在相应的种类下报送", "this is the template of another kind of table"),
    "old-template": (
        "这是旧版模板（第{version}版），现行为第{current}版，请下载新模板填报",
        "this template is of version {version}; the present one is {current}: download it",
    ),
    "foreign-receipt": (
        "这份错误回执不属于本单位报送的同类表格，请核对后报送",
        "this receipt belongs to another office or another kind of table",
    ),
    "receipt-of-another-month": (
        "这份错误回执属于另一个月份的报送，请按原月份报送",
        "this receipt belongs to a table of another month",
    ),
    "several-ticks": (
        "表头勾选了多个对象类别，请每张表只填报一个类别",
        "several categories are ticked above the table: hand in one table for each",
    ),
    "listed-in-future": (
        "名单提供日期不能晚于今天",
        "the day on which the roster was provided lies in the future",
    ),
    "too-many-leave": (
        "名单较在册对象减少{share}以上，疑似名单不完整，请核对；确属退出的，在报送时确认",
        "the roster would end more than {share} of those in force: check that it is whole, or confirm it when handing it in",
    ),
    "no-rows": ("表头下没有数据", "there are no rows below the header"),
}


class TableTrouble(Exception):
    """The table as a whole cannot be taken in. Its parameters are numbers and names of columns, never contents."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code)
        zh, en = _TROUBLES[code]
        self.code, self.parameters = code, parameters
        self.zh, self.en = zh.format(**parameters), en.format(**parameters)
