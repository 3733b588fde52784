"""What a paper costs: a report of ten pages with twelve photos."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from PIL import Image

from documents.assets import PHOTO_BOX, PHOTO_FORMATS, asset
from documents.frame import Face, job_of
from documents.press import Press
from documents.registry import Composed
from servicedesk.lib.pictures import as_jpeg
from tests.bench.figures import Row

PAGES, PHOTOS = 10, 12
WORDS = (
    "现场检查发现磁盘阵列第二块硬盘亮红灯，读写延迟明显升高，业务系统每隔几分钟卡顿一次。"
    "已先将该主机上的虚拟机迁移到备用节点，业务恢复；随后联系厂商调拨同型号硬盘。"
)
AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


def photo() -> bytes:
    """What a phone's camera sends: twelve million pixels, not a plain surface."""
    picture = Image.radial_gradient("L").resize((4_000, 3_000)).convert("RGB")
    picture.paste(Image.effect_noise((2_000, 1_500), 60).convert("RGB"), (900, 700))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()


def report(photos: list[bytes]) -> Composed:
    """The service report of a ticket with a long story."""

    def section(title: str, name: str, **data: Any) -> dict[str, Any]:
        return {
            "title": title,
            "template": f"tickets/papers/_{name}.html",
            "data": data,
        }

    clock = {
        "metric": "响应",
        "limit": "2 小时",
        "due": "2026-11-22 11:00",
        "done": "2026-11-22 10:30",
        "tone": "ok",
        "sign": "✓",
        "result": "按时，提前 30 分钟",
        "sentence": "提前 30 分钟：10:30 完成，11:00 截止（从 09:00 起 2 小时）。",
    }
    line = {"at": "2026-11-22 10:30", "who": "王工", "what": "响应", "words": WORDS}
    said = {"at": "2026-11-22 10:30", "who": "李主任", "ours": False, "text": WORDS}
    facts = [[f"项目 {number}", "指挥中心存储系统"] for number in range(12)]
    shown = [
        {"asset": f"photo-{number}", "name": "照片.jpg", "stage": "", "note": "王工"}
        for number in range(len(photos))
    ]
    return Composed(
        template="tickets/papers/report.html",
        context={
            "number": "ZD-2026-000123",
            "lead": "三楼机房存储服务器频繁告警",
            "sections": [
                section(
                    "报修内容", "request", facts=facts, words=[["故障现象", WORDS]]
                ),
                section("服务承诺", "promise", standard="标准", clocks=[clock] * 6),
                section("处理过程", "handling", lines=[line] * 34),
                section("沟通记录", "words", words=[said] * 32, left_out=0),
                section("照片", "photos", photos=shown, left_out=0),
            ],
        },
        assets={
            f"photo-{number}": asset(data, "image/jpeg")
            for number, data in enumerate(photos)
        },
    )


def paper(turns: int = 7) -> list[Row]:
    """The report printed some times over; the median counts."""
    original = photo()
    began = time.perf_counter()
    small = [
        as_jpeg(original, formats=PHOTO_FORMATS, box=PHOTO_BOX) for _ in range(PHOTOS)
    ]
    shrinking = time.perf_counter() - began
    tenant: Any = SimpleNamespace(
        pk=0, slug="zhida", name="致达", zone="Asia/Shanghai", accent="#066fd1", logo=""
    )
    face = Face(
        kind="service_report",
        title="服务报告",
        number="ZD-DOC-2026-000123",
        version=1,
        token="x" * 22,
        language="zh-hans",
        made_at=AT,
    )
    job = job_of(report(small), tenant=tenant, face=face)
    press = Press()
    try:
        press.print(job)  # starts the program and loads the fonts
        times, made = [], []
        for _turn in range(turns):
            began = time.perf_counter()
            made.append(press.print(job))
            times.append(time.perf_counter() - began)
    finally:
        press.close()
    middle, last = sorted(times)[turns // 2], made[-1]
    peak = max(one.peak for one in made) / 1024**2
    size = f"{last.pages} pages, {PHOTOS} photos, {len(last.pdf) // 1024} kB"
    return [
        Row(
            f"printing a report ({size})",
            f"{middle:.2f} s ({last.seconds:.2f} s of a processor)",
            "≤ 1 s",
            middle <= 1 and last.pages >= PAGES,
        ),
        Row("memory of it at most", f"{peak:.0f} MB", "≤ 250 MB", peak <= 250),
        Row(
            f"making {PHOTOS} photos of 12 megapixels small before",
            f"{shrinking:.2f} s",
            "(no goal)",
            True,
        ),
    ]
