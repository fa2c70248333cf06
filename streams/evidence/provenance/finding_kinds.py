"""Every kind of finding and every state it can be in, with words for people. One table."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.records import ReasonText


@dataclass(frozen=True, slots=True)
class Kind:
    """What is looked for, and what each state of it means. A state that is not listed never occurs."""

    words: ReasonText
    states: Mapping[str, ReasonText]


def _said(zh: str, en: str) -> ReasonText:
    return ReasonText(zh=zh, en=en)


GB45438, C2PA, C2PA_AI, C2PA_REMOTE = "gb45438", "c2pa", "c2pa_ai", "c2pa_remote"
SOURCE_TYPE, GENERATOR, CAMERA, SOFTWARE = "iptc_digital_source_type", "generator", "camera", "software"
VISIBLE = "visible_label"

KINDS: Mapping[str, Kind] = {
    GB45438: Kind(
        _said("GB 45438-2025 隐式标识", "hidden label of GB 45438-2025"),
        {
            "present": _said(
                "文件声明为人工智能生成、可能或疑似由人工智能生成",
                "the file says that it is, may be, or is suspected to be made by AI",
            ),
            "absent": _said("没有隐式标识；这不说明任何问题", "no hidden label; that proves nothing"),
            "stripped": _said(
                "标识已被清空，或只留下其命名空间声明",
                "the label was emptied, or only the declaration of its namespace is left",
            ),
            "invalid": _said(
                "有标识，但无法读取、取值超出范围或相互矛盾",
                "there is a label that cannot be read, has a value out of range, or contradicts another",
            ),
        },
    ),
    C2PA: Kind(
        _said("C2PA 内容凭证", "C2PA manifest"),
        {
            "present": _said(
                "清单有效；说明中写明签名者是否受信任",
                "the manifest is valid; the detail says whether its signer is trusted",
            ),
            "absent": _said("没有清单；这不说明任何问题", "no manifest; that proves nothing"),
            "stripped": _said(
                "清单已不在文件中或缺少一部分，但留有指向它的痕迹",
                "the file points to a manifest of its own that is gone, or a part of it is missing",
            ),
            "invalid": _said(
                "清单未通过验证；说明中给出错误代码",
                "the manifest does not verify; the detail gives the code of what is wrong",
            ),
        },
    ),
    C2PA_AI: Kind(
        _said("C2PA 中的人工智能操作", "AI action in a C2PA manifest"),
        {
            "present": _said(
                "清单（即使无效）记载画面由人工智能生成或修改",
                "the manifest, even one that does not verify, says that AI made or changed the picture",
            )
        },
    ),
    C2PA_REMOTE: Kind(
        _said("存放于别处的 C2PA 清单", "C2PA manifest kept elsewhere"),
        {
            "present": _said(
                "文件指向网上的清单；从不获取", "the file names a manifest on the network; it is never fetched"
            )
        },
    ),
    SOURCE_TYPE: Kind(
        _said("IPTC 数字来源类型", "IPTC digital source type"),
        {
            "present": _said("文件给出来源类型代码", "the file gives the code of its source type"),
            "absent": _said("没有来源类型", "no source type"),
            "invalid": _said(
                "同时声称由相机拍摄和由人工智能生成", "the file says both that a camera took it and that AI made it"
            ),
        },
    ),
    GENERATOR: Kind(
        _said("图像生成工具的痕迹", "trace of a picture generator"),
        {
            "present": _said("已知的生成工具写入了其参数或名称", "a known generator wrote its settings or its name"),
            "absent": _said("没有已知生成工具的痕迹", "no trace of a known generator"),
        },
    ),
    CAMERA: Kind(
        _said("相机信息", "camera"),
        {
            "present": _said("文件给出相机品牌或型号", "the file names a camera's make or model"),
            "absent": _said("没有相机信息；聊天软件会去除这些信息", "no camera is named; chat apps remove such data"),
        },
    ),
    SOFTWARE: Kind(
        _said("软件", "software"),
        {
            "present": _said("文件给出写入它的程序", "the file names the program that wrote it"),
            "absent": _said("没有程序名称", "no program is named"),
        },
    ),
    VISIBLE: Kind(
        _said("可见标识", "visible label"),
        {
            "present": _said(
                "画面边缘或角落写有“AI生成”等文字", "words such as 'AI-generated' stand at an edge of the picture"
            ),
            "absent": _said(
                "画面边缘没有读到此类文字；未安装 labels 组件时不作此项检查，也无此项结果",
                "no such words were read along its edges; where the extra `labels` is not installed, nobody looks and "
                "nothing is said",
            ),
        },
    ),
}
