"""Who and what there is in the demo. All names are made up."""

from __future__ import annotations

from dataclasses import dataclass, field

from people.roles import Role


@dataclass(frozen=True)
class Person:
    """A demo sign-in."""

    key: str
    name: str
    role: str
    department: str = ""
    client: str = ""
    title: str = ""


@dataclass(frozen=True)
class Delivered:
    """A demo project with its devices: (category, model, serial number, place)."""

    client: str
    name: str
    contract: str
    department: str
    engineer: str
    standard: str
    accepted_days_ago: int
    devices: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True)
class Company:
    """A demo tenant."""

    slug: str
    name: str
    prefix: str
    language: str
    zone: str
    accent: str
    departments: dict[str, str]  # key → name
    managers: dict[str, str]  # department key → person key
    people: tuple[Person, ...]
    clients: dict[str, tuple[str, str, tuple[str, ...]]]  # key → name, address, sites
    projects: tuple[Delivered, ...]
    faults: tuple[tuple[str, str, str], ...]  # title, symptom, effect
    canned: tuple[tuple[str, str], ...] = field(default=())
    #: What has to be ready before departure; a star marks what nobody may leave without.
    preparation: tuple[str, tuple[str, ...]] = ("", ())


ZHIDA = Company(
    slug="zhida",
    name="致达信息技术服务",
    prefix="ZD",
    language="zh-hans",
    zone="Asia/Shanghai",
    accent="#0b6bcb",
    departments={"field": "现场服务部", "software": "软件支持部"},
    managers={"field": "manager", "software": "manager2"},
    people=(
        Person("admin", "马雪", Role.ADMINISTRATOR, title="信息主管"),
        Person("agent", "李婷", Role.AGENT, "field", title="服务台"),
        Person("engineer", "王强", Role.ENGINEER, "field", title="现场工程师"),
        Person("engineer2", "赵军", Role.ENGINEER, "field", title="现场工程师"),
        Person("engineer3", "孙敏", Role.ENGINEER, "software", title="软件工程师"),
        Person("manager", "陈伟", Role.DEPARTMENT_MANAGER, "field", title="部门经理"),
        Person(
            "manager2", "周丽", Role.DEPARTMENT_MANAGER, "software", title="部门经理"
        ),
        Person("boss", "刘建国", Role.GENERAL_MANAGER, title="总经理"),
        Person("client", "杨静", Role.CLIENT_STAFF, client="water", title="值班员"),
        Person("client2", "吴涛", Role.CLIENT_STAFF, client="water", title="值班员"),
        Person(
            "client_manager",
            "黄敏",
            Role.CLIENT_MANAGER,
            client="water",
            title="信息科长",
        ),
        Person(
            "school", "徐刚", Role.CLIENT_MANAGER, client="school", title="电教主任"
        ),
    ),
    clients={
        "water": (
            "银川市清源供水集团",
            "银川市兴庆区清源路 1 号",
            ("指挥中心", "第二泵站"),
        ),
        "school": ("贺兰县实验中学", "贺兰县光明路 88 号", ("教学楼", "校门")),
        "bank": ("塞上农商银行", "银川市金凤区北京路 200 号", ("营业部", "灾备机房")),
    },
    projects=(
        Delivered(
            "water",
            "供水调度指挥中心",
            "ZD-2025-017",
            "field",
            "engineer",
            "reference",
            420,
            (
                ("摄像机", "DS-2CD3T46", "SN20250417001", "泵房入口"),
                ("摄像机", "DS-2CD3T46", "SN20250417002", "清水池"),
                ("大屏控制器", "VC-8800", "VC88-0312", "指挥大厅"),
                ("服务器", "R760", "SRV-760-11", "机房 A 列"),
            ),
        ),
        Delivered(
            "water",
            "营业收费系统",
            "ZD-2025-044",
            "software",
            "engineer3",
            "software",
            200,
            (("软件", "营收平台 V3", "LIC-44-001", "云平台"),),
        ),
        Delivered(
            "water",
            "应急演练",
            "ZD-DRILL",
            "field",
            "engineer",
            "drill",
            10,
            (("演练设备", "DRILL-1", "DRILL-0001", "指挥大厅"),),
        ),
        Delivered(
            "school",
            "平安校园监控",
            "ZD-2024-103",
            "field",
            "engineer2",
            "reference",
            700,
            (
                ("摄像机", "IPC-B12", "IPC24103001", "校门"),
                ("录像机", "NVR-64", "NVR24103", "电教室"),
            ),
        ),
        Delivered(
            "bank",
            "自助终端",
            "ZD-2026-008",
            "field",
            "engineer2",
            "hardware",
            90,
            (
                ("自助终端", "KT-900", "KT900-1101", "营业部大厅"),
                ("自助终端", "KT-900", "KT900-1102", "营业部大厅"),
            ),
        ),
    ),
    faults=(
        (
            "摄像头无图像",
            "泵房入口摄像头画面黑屏，重启后仍无图像。",
            "无法看到入口情况。",
        ),
        ("大屏右下角花屏", "大屏右下角出现彩色条纹，时有时无。", "值班会商受影响。"),
        ("录像无法回放", "昨天下午三点以后的录像打不开。", "不能调取记录。"),
        ("系统登录很慢", "登录需要两分钟以上，其他网站正常。", "窗口排队。"),
        ("触摸屏定位不准", "点按位置向左偏移约两厘米。", "客户办理业务困难。"),
        ("读卡器读不出卡", "插卡后提示读卡失败，换卡也一样。", "一台终端停用。"),
        ("服务器硬盘报警", "机房服务器第二块硬盘亮黄灯。", "暂时还能工作。"),
        ("报表合计不对", "月度收费报表合计与明细相差 320 元。", "财务无法结账。"),
        ("网络中断", "指挥中心到泵站的链路不通。", "远程数据全部中断。"),
        ("打印机卡纸", "凭条打印机反复卡纸。", "影响一个窗口。"),
        ("云台不能转动", "校门球机云台不响应控制。", "有盲区。"),
        ("请增加两个账号", "新来两名值班员，需要登录账号。", ""),
    ),
    preparation=(
        "上门准备",
        ("* 工牌", "* 工具包", "备用电源", "签字板或手机", "进场联系人电话"),
    ),
    canned=(
        (
            "已收到，正在远程检查",
            "您好，已收到您的请求，我们正在远程检查，一小时内给您答复处理方案。",
        ),
        (
            "请提供截图",
            "您好，请把出错画面截图发给我们，并说明最后一次正常使用的时间。",
        ),
        ("安排上门", "您好，此问题需要现场处理，工程师出发前会电话联系您。"),
    ),
)

HARBOUR = Company(
    slug="harbour",
    name="Harbour Systems",
    prefix="HS",
    language="en",
    zone="Europe/Berlin",
    accent="#0f766e",
    departments={"field": "Field service"},
    managers={"field": "manager"},
    people=(
        Person("admin", "Nora Lind", Role.ADMINISTRATOR, title="IT lead"),
        Person("agent", "Tom Becker", Role.AGENT, "field", title="Service desk"),
        Person("engineer", "Ines Roth", Role.ENGINEER, "field", title="Engineer"),
        Person(
            "manager", "Karl Weber", Role.DEPARTMENT_MANAGER, "field", title="Manager"
        ),
        Person("boss", "Eva Brandt", Role.GENERAL_MANAGER, title="General manager"),
        Person(
            "client", "Jan Peters", Role.CLIENT_STAFF, client="port", title="Shift lead"
        ),
        Person(
            "client_manager", "Lea Vogt", Role.CLIENT_MANAGER, client="port", title="IT"
        ),
    ),
    clients={
        "port": ("North Port Authority", "Pier 4", ("Gate house", "Control room"))
    },
    projects=(
        Delivered(
            "port",
            "Gate surveillance",
            "HS-2025-12",
            "field",
            "engineer",
            "office-hours",
            300,
            (
                ("Camera", "PX-40", "PX40-7781", "Gate 1"),
                ("Recorder", "NV-16", "NV16-0042", "Control room"),
            ),
        ),
        Delivered("port", "Drill", "HS-DRILL", "field", "engineer", "drill", 5),
    ),
    faults=(
        (
            "Camera at gate 1 is dark",
            "No picture since this morning.",
            "The gate is unseen.",
        ),
        (
            "Recorder is full",
            "Old recordings are not overwritten.",
            "Nothing is recorded.",
        ),
        ("Barrier opens slowly", "It takes 20 seconds.", "Lorries queue."),
    ),
    preparation=(
        "Visit",
        ("* Badge", "* Tool kit", "Spare power supply", "Phone of the person on site"),
    ),
    canned=(
        (
            "Received",
            "Thank you, we are looking into it and will call you within the hour.",
        ),
    ),
)

COMPANIES = (ZHIDA, HARBOUR)
