#!/usr/bin/env python3
"""Generates catalogue.csv and sale.json, the demonstration shop of stockd.

    python3 data/generate.py             writes both files beside this script
    python3 data/generate.py --check     writes nothing; exits 1 if a file on disk differs
    python3 data/generate.py --summary   prints the tables of README.md

The output depends on nothing but this file: every random draw is a hash of SEED and of what is drawn, so a new
product does not change the quantities of the others. Arithmetic is on integers and decimals, so no maths library
can change a byte either.
"""

import argparse
import csv
import hashlib
import io
import itertools
import json
import math
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

SEED = "stockd-catalogue-1"
FOLDER = Path(__file__).resolve().parent
COLUMNS = ("sku", "name_en", "name_zh", "category", "price_cents", "pool", "quantity")
REGIONS = ("east", "south", "north", "west")
QUANTITY_MAX = 2**31 - 1

# Median quantity of a SKU in pool main. Within a level quantities are log-normal, which gives the heavy tail.
LEVELS = {"scarce": 6, "low": 28, "normal": 140, "high": 620, "staple": 2600}
SPREAD = Decimal("0.85")


# Random draws -------------------------------------------------------------------------------------------------


def draw(*what):
    """An integer in [0, 2^256) that depends only on SEED and the arguments."""
    return int.from_bytes(hashlib.sha256("\0".join((SEED, *what)).encode()).digest(), "big")


def chance(percent, *what):
    return draw(*what) % 10_000 < percent * 100


def normal(*what):
    """Nearly a standard normal variable: twelve uniform ones, added up."""
    digest = hashlib.sha512("\0".join((SEED, *what)).encode()).digest()
    total = sum(int.from_bytes(digest[2 * i : 2 * i + 2], "big") for i in range(12))
    return Decimal(total) / 65_536 - 6


# Products -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """One choice on one axis (a colour, a size): part of the key, both names, and its effect on price and demand."""

    code: str
    en: str
    zh: str
    price_percent: int = 100
    demand_percent: int = 100


@dataclass(frozen=True)
class Product:
    """All variants of one product: the cross product of its axes."""

    category: str
    code: str
    en: str
    zh: str
    cents: int
    level: str
    axes: tuple


@dataclass(frozen=True)
class Variant:
    sku: str
    product: Product
    en: str
    zh: str
    cents: int
    quantity: int


def axis(text):
    """Reads "code:english:chinese[:price percent[:demand percent]]; ..."."""
    options = []
    for item in text.split(";"):
        code, en, zh, *percents = item.strip().split(":")
        options.append(Option(code, en, zh, *map(int, percents)))
    return tuple(options)


def pick(table, codes):
    return tuple(table[code] for code in codes.split())


def by_code(text):
    return {option.code: option for option in axis(text)}


PRODUCTS = []


def add(category, code, en, zh, yuan, level, *axes):
    PRODUCTS.append(Product(category, code, en, zh, round(yuan * 100), level, axes))


def each(category, level, lines, *axes):
    """Several products. A line is "code | english | chinese | yuan" and, if the product has one, "| its own axis".

    Lines that are indented deeper go on with the axis of the line above.
    """
    for line in re.sub(r"\n {8,}", " ", lines.strip()).splitlines():
        code, en, zh, yuan, *own = (field.strip() for field in line.split("|"))
        add(category, code, en, zh, float(yuan), level, *map(axis, own), *axes)


# Axes that many products share. Prices of sizes are relative to the smallest.

COLOUR = by_code(
    "BLK:Black:黑色:100:130; WHT:White:白色:100:120; GRY:Grey:灰色; NVY:Navy:藏青色; BLU:Blue:蓝色; RED:Red:红色:100:70;"
    "PNK:Pink:粉色; GRN:Green:绿色:100:70; YEL:Yellow:黄色:100:60; BEI:Beige:米色; BRN:Brown:棕色:100:80;"
    "PUR:Purple:紫色:100:60; ORG:Orange:橙色:100:60; OAT:Oatmeal:燕麦色; OLV:Olive:军绿色:100:80;"
    "WIN:Burgundy:酒红色:100:70; LBL:Light Blue:浅蓝色; DBL:Dark Blue:深蓝色; CRM:Cream:奶油白:100:110; SLV:Silver:银色;"
    "MNT:Mint:薄荷绿:100:80; CAM:Camel:驼色:100:80; APR:Apricot:杏色; GLD:Gold:金色:100:70"
)
FINISH = by_code(
    "BLK:Obsidian Black:曜石黑:100:140; SNW:Snow White:雪域白:100:120; TEA:Mountain Teal:远山青; LAV:Mist Lavender:雾紫;"
    "DGD:Desert Gold:沙漠金:100:80; LBL:Lake Blue:湖水蓝; SGY:Space Grey:深空灰:100:130; SLV:Moon Silver:月光银:100:110;"
    "PNK:Peach Pink:蜜桃粉:100:70"
)


def colours(codes):
    return pick(COLOUR, codes)


def finishes(codes):
    return pick(FINISH, codes)


LETTER = by_code("S:S:S:100:70; M:M:M:100:130; L:L:L:100:140; XL:XL:XL:100:110; XXL:XXL:XXL:100:60; 3XL:3XL:3XL:100:35")


def letters(codes):
    return pick(LETTER, codes)


def numbers(values, en, zh, prefix="", *, peak):
    """Sizes that are numbers. Demand falls off on both sides of the peak."""
    values = list(values)
    step = values[1] - values[0]
    demand = {v: max(35, 140 - 30 * abs(v - peak) // step) for v in values}
    return tuple(Option(f"{prefix}{v}", en.format(v), zh.format(v), 100, demand[v]) for v in values)


WOMEN_SHOES = numbers(range(35, 41), "EU {}", "{}码", peak=37)
MEN_SHOES = numbers(range(39, 46), "EU {}", "{}码", peak=42)
WAIST = numbers(range(28, 37, 2), "W{}", "{}码", prefix="W", peak=32)
CHILD = numbers(range(110, 151, 10), "{} cm", "{}cm", peak=120)
INFANT = axis("66:66 cm:66cm:100:90; 73:73 cm:73cm:100:120; 80:80 cm:80cm:100:130; 90:90 cm:90cm:100:110")


# Electronics --------------------------------------------------------------------------------------------------

add("phones", "PHN-AUR12", "Aurora 12 5G Phone {} {}", "极光 12 5G手机 {} {}", 2999, "high",
    axis("128:8GB+128GB:8GB+128GB; 256:8GB+256GB:8GB+256GB:111:140; 512:12GB+512GB:12GB+512GB:131:70"),
    finishes("BLK SNW TEA LAV"))
PRO_STORAGE = axis("256:12GB+256GB:12GB+256GB:100:130; 512:12GB+512GB:12GB+512GB:113:100; 1TB:16GB+1TB:16GB+1TB:130:50")
each("phones", "normal", """
    PHN-AUR12P | Aurora 12 Pro 5G Phone {} {}   | 极光 12 Pro 5G手机 {} {}           | 3999
    PHN-AUR12U | Aurora 12 Ultra 5G Phone {} {} | 极光 12 Ultra 5G影像旗舰手机 {} {} | 5999
    PHN-LUM5   | Lumen 5 Camera Phone {} {}     | 流明 5 影像手机 {} {}              | 3499
""", PRO_STORAGE, finishes("BLK SNW TEA DGD"))
add("phones", "PHN-LUMF2", "Lumen Fold 2 Foldable Phone {} {}", "流明 Fold 2 折叠屏手机 {} {}", 8999, "scarce",
    axis("256:12GB+256GB:12GB+256GB; 512:16GB+512GB:16GB+512GB:111"), finishes("BLK SNW DGD"))
each("phones", "high", """
    PHN-SKY7  | Skylark 7 5G Phone {} {}      | 云雀 7 5G手机 {} {}            | 1499
    PHN-SKY7P | Skylark 7 Plus 5G Phone {} {} | 云雀 7 Plus 5G大电池手机 {} {} | 1899
    PHN-SKY7L | Skylark 7 Lite Phone {} {}    | 云雀 7 青春版 手机 {} {}       | 1099
""", axis("128:6GB+128GB:6GB+128GB:100:120; 256:8GB+256GB:8GB+256GB:118:120"), finishes("BLK SNW LBL PNK"))
each("phones", "normal", """
    PHN-AUR11 | Aurora 11 5G Phone {} {}           | 极光 11 5G手机 {} {}        | 2199
    PHN-LUM5L | Lumen 5 Lite Phone {} {}           | 流明 5 轻享版 手机 {} {}    | 2299
    PHN-SKY7T | Skylark 7 Turbo Gaming Phone {} {} | 云雀 7 Turbo 电竞手机 {} {} | 2499
""", axis("256:8GB+256GB:8GB+256GB:100:130; 512:12GB+512GB:12GB+512GB:118:70"), finishes("BLK SNW SGY LAV"))
add("phones", "PHN-GRN3", "Granite 3 Rugged Phone {} {}", "磐石 3 三防手机 {} {}", 1799, "low",
    axis("128:8GB+128GB:8GB+128GB; 256:8GB+256GB:8GB+256GB:114"), axis("BLK:Black:黑色; ORG:Black and Orange:黑橙色"))
each("phones", "normal", """
    PHN-EVG4  | Evergreen 4G Flip Phone for Seniors {} | 长青 4G翻盖老人手机 {} | 269
    PHN-EVG4B | Evergreen 4G Bar Phone for Seniors {}  | 长青 4G直板老人手机 {} | 199
""", colours("BLK RED GLD"))

add("tablets", "TAB-AUR11", "Aurora Tab 11 Tablet {} {}", "极光 Tab 11 平板电脑 {} {}", 1999, "normal",
    axis("128:8GB+128GB:8GB+128GB; 256:8GB+256GB:8GB+256GB:115; 512:12GB+512GB:12GB+512GB:140:50"),
    finishes("SGY SLV TEA"))
add("tablets", "TAB-AUR13P", 'Aurora Tab Pro 13" Tablet {} {}', "极光 Tab Pro 13英寸平板电脑 {} {}", 3699, "low",
    axis("256:8GB+256GB:8GB+256GB; 512:12GB+512GB:12GB+512GB:116"), finishes("SGY SLV"))
add("tablets", "TAB-SKY10", "Skylark Pad 10 Learning Tablet {} {}", "云雀 Pad 10 学习平板 {} {}", 1299, "normal",
    axis("64:4GB+64GB:4GB+64GB; 128:6GB+128GB:6GB+128GB:123"), finishes("SGY LBL PNK"))
add("tablets", "TAB-PPL6", 'Paperlight 6" E-Reader {} {}', "纸光 6英寸电子书阅读器 {} {}", 699, "normal",
    axis("16:16GB:16GB; 32:32GB:32GB:122"), colours("BLK WHT"))
add("tablets", "TAB-PPL10", 'Paperlight Note 10.3" E-Ink Notebook {}', "纸光 Note 10.3英寸墨水屏电子笔记本 {}", 2599, "low",
    axis("64:64GB:64GB; 128:128GB:128GB:116"))
add("tablets", "TAB-CASE", "Folio Case for {} {}", "{} 保护套 {}", 79, "high",
    axis(
        "AUR11:Aurora Tab 11:极光 Tab 11; AUR13P:Aurora Tab Pro 13:极光 Tab Pro 13:120:50;"
        "SKY10:Skylark Pad 10:云雀 Pad 10:90"
    ),
    colours("BLK LBL PNK"))
add("tablets", "TAB-PEN", "Stylus Pen for {}", "{} 手写笔", 299, "normal",
    axis(
        "AUR:Aurora Tab Series:极光 Tab 系列; SKY:Skylark Pad 10:云雀 Pad 10:66; PPL:Paperlight Note:纸光 Note:100:50"
    ))

add("laptops", "LAP-SLF14", 'Silverfin Air 14" Laptop {} {}', "银鳍 Air 14英寸轻薄笔记本电脑 {} {}", 4499, "normal",
    axis("16512:16GB+512GB:16GB+512GB:100:140; 161TB:16GB+1TB:16GB+1TB:110; 321TB:32GB+1TB:32GB+1TB:125:60"),
    finishes("SGY SLV LBL"))
add("laptops", "LAP-SLF16", 'Silverfin Pro 16" Laptop {} {}', "银鳍 Pro 16英寸创作笔记本电脑 {} {}", 7299, "low",
    axis("161TB:16GB+1TB:16GB+1TB; 321TB:32GB+1TB:32GB+1TB:114; 642TB:64GB+2TB:64GB+2TB:150:40"), finishes("SGY SLV"))
add("laptops", "LAP-THN16", 'Thunderpeak 16" Gaming Laptop {} {}', "雷岭 16英寸游戏笔记本电脑 {} {}", 7999, "low",
    axis("16512:16GB+512GB:16GB+512GB; 161TB:16GB+1TB:16GB+1TB:107; 321TB:32GB+1TB:32GB+1TB:125"),
    colours("BLK WHT"))
add("laptops", "LAP-SKY15", 'Skylark Book 15.6" Student Laptop {} {}', "云雀 Book 15.6英寸学生笔记本电脑 {} {}", 2999, "normal",
    axis("8256:8GB+256GB:8GB+256GB; 16512:16GB+512GB:16GB+512GB:117:130"), finishes("SGY SLV"))
add("laptops", "LAP-HBL14", 'Harbourline 14" Business Laptop {} {}', "港线 14英寸商务笔记本电脑 {} {}", 5499, "low",
    axis("16512:16GB+512GB:16GB+512GB; 321TB:32GB+1TB:32GB+1TB:127"), colours("BLK SLV"))
add("laptops", "LAP-THN14", 'Thunderpeak 14" Gaming Laptop {} {}', "雷岭 14英寸游戏笔记本电脑 {} {}", 8499, "low",
    axis("161TB:16GB+1TB:16GB+1TB; 321TB:32GB+1TB:32GB+1TB:118"), colours("BLK WHT"))
add("laptops", "LAP-FLX13", 'Silverfin Flex 13" 2-in-1 Laptop {} {}', "银鳍 Flex 13英寸二合一笔记本电脑 {} {}", 5999, "low",
    axis("16512:16GB+512GB:16GB+512GB; 161TB:16GB+1TB:16GB+1TB:109"), finishes("SGY LBL"))
add("laptops", "LAP-HBLMINI", "Harbourline Mini Desktop PC {}", "港线 迷你台式主机 {}", 1999, "normal",
    axis("8256:8GB+256GB:8GB+256GB; 16512:16GB+512GB:16GB+512GB:130; 321TB:32GB+1TB:32GB+1TB:175:50"))
add("laptops", "LAP-THNTWR", "Thunderpeak Gaming Desktop Tower {}", "雷岭 游戏台式电脑主机 {}", 6499, "low",
    axis("16512:16GB+512GB:16GB+512GB; 161TB:16GB+1TB:16GB+1TB:108; 322TB:32GB+2TB:32GB+2TB:145:50"))

each("computer-accessories", "high", """
    ACC-MSE-QT  | Keystone Silent Wireless Mouse {}           | 键石 静音无线鼠标 {}     | 59
    ACC-MSE-ERG | Keystone Vertical Ergonomic Mouse {}        | 键石 立式人体工学鼠标 {} | 129
    ACC-KBD-SLM | Keystone Slim Bluetooth Keyboard {}         | 键石 超薄蓝牙键盘 {}     | 149
    ACC-SET-OFF | Keystone Wireless Keyboard and Mouse Set {} | 键石 无线键鼠套装 {}     | 119
""", colours("BLK WHT PNK"))
add("computer-accessories", "ACC-KBD-MEC", "Keystone 87-Key Mechanical Keyboard {} {}", "键石 87键机械键盘 {} {}", 259,
    "normal", axis(
        "RED:Linear Red Switch:红轴:100:130; BRN:Tactile Brown Switch:茶轴; BLU:Clicky Blue Switch:青轴:100:60"
    ), colours("BLK WHT"))
add("computer-accessories", "ACC-MON", "Brightpane {} Monitor", "明窗 {} 显示器", 699, "normal",
    axis(
        '24F:24" Full HD 100Hz:24英寸 全高清 100Hz; 27Q:27" QHD 100Hz:27英寸 2K 100Hz:150; 27U:27" 4K:27英寸 4K:220;'
        '27G:27" QHD 180Hz Gaming:27英寸 2K 180Hz 电竞:186; 34W:34" Ultrawide Curved:34英寸 带鱼屏曲面:300:50;'
        '32U:32" 4K USB-C:32英寸 4K USB-C:350:40'
    ))
add("computer-accessories", "ACC-SSD", "Datarock NVMe SSD {}", "数岩 NVMe固态硬盘 {}", 259, "high",
    axis("500:500GB:500GB; 1TB:1TB:1TB:170:140; 2TB:2TB:2TB:310; 4TB:4TB:4TB:640:30"))
add("computer-accessories", "ACC-PSSD", "Datarock Portable SSD {} {}", "数岩 移动固态硬盘 {} {}", 399, "normal",
    axis("500:500GB:500GB; 1TB:1TB:1TB:155:130; 2TB:2TB:2TB:270:60"), colours("GRY BLU"))
add("computer-accessories", "ACC-USB", "Datarock USB 3.2 Flash Drive {}", "数岩 USB 3.2 U盘 {}", 29.9, "staple",
    axis("32:32GB:32GB; 64:64GB:64GB:135; 128:128GB:128GB:200:120; 256:256GB:256GB:340:60"))
add("computer-accessories", "ACC-TF", "Datarock microSD Card {}", "数岩 microSD存储卡 {}", 35, "staple",
    axis("64:64GB:64GB; 128:128GB:128GB:170:130; 256:256GB:256GB:320; 512:512GB:512GB:600:40"))
add("computer-accessories", "ACC-RTR", "Meshlane {} Router", "网径 {} 路由器", 129, "high",
    axis(
        "AX15:Wi-Fi 6 AX1500:Wi-Fi 6 AX1500:100:120; AX30:Wi-Fi 6 AX3000:Wi-Fi 6 AX3000:150:140;"
        "BE36:Wi-Fi 7 BE3600:Wi-Fi 7 BE3600:205; BE72:Wi-Fi 7 BE7200:Wi-Fi 7 BE7200:420:40"
    ))
add("computer-accessories", "ACC-MESH", "Meshlane Mesh Wi-Fi Kit {}", "网径 全屋Mesh路由套装 {}", 499, "normal",
    axis("2:2 units:2台装; 3:3 units:3台装:145:60"))
add("computer-accessories", "ACC-HUB", "Meshlane USB-C Hub {}", "网径 USB-C扩展坞 {}", 89, "high",
    axis("5:5-in-1:五合一; 7:7-in-1:七合一:155; 11:11-in-1:十一合一:290:40"))
add("computer-accessories", "ACC-NAS", "Datarock Home NAS {}", "数岩 家用网络存储NAS {}", 1299, "low",
    axis("2:2-Bay:双盘位; 4:4-Bay:四盘位:177:50"))
each("computer-accessories", "high", """
    ACC-STAND  | Aluminium Laptop Stand {}   | 铝合金笔记本支架 {}   | 89
    ACC-SLEEVE | Padded 14" Laptop Sleeve {} | 14英寸笔记本内胆包 {} | 69
""", colours("GRY BLK"))
add("computer-accessories", "ACC-PAD", "Desk Mat and Mouse Pad {} {}", "桌垫鼠标垫 {} {}", 29, "high",
    axis("80:80 x 30 cm:80×30cm; 90:90 x 40 cm:90×40cm:135"), colours("BLK GRY GRN"))
add("computer-accessories", "ACC-CAM", "Brightpane USB Webcam {}", "明窗 USB电脑摄像头 {}", 129, "normal",
    axis("1080:1080p:1080P; 2K:2K:2K:155; 4K:4K:4K:300:40"))
add("computer-accessories", "ACC-PRT", "Inkfield {} Printer", "墨田 {}打印机", 599, "low",
    axis(
        "INK:Colour Inkjet All-in-One:彩色喷墨一体; TANK:Refillable Ink Tank:大墨仓连供:160;"
        "LSR:Mono Laser:黑白激光:150; PHOTO:Pocket Photo:口袋照片:85"
    ))

add("phone-accessories", "PAC-CASE", "{} Soft Silicone Case {}", "{} 液态硅胶手机壳 {}", 39, "high",
    axis(
        "AUR12:Aurora 12:极光 12:100:150; AUR12P:Aurora 12 Pro:极光 12 Pro;"
        "AUR12U:Aurora 12 Ultra:极光 12 Ultra:100:60; SKY7:Skylark 7:云雀 7:90:120; LUM5:Lumen 5:流明 5:100:60"
    ), colours("BLK WHT PNK NVY GRN PUR"))
add("phone-accessories", "PAC-FLIP", "{} Leather Flip Case {}", "{} 真皮翻盖手机套 {}", 79, "normal",
    axis(
        "AUR12:Aurora 12:极光 12; AUR12P:Aurora 12 Pro:极光 12 Pro; AUR12U:Aurora 12 Ultra:极光 12 Ultra:100:60;"
        "LUMF2:Lumen Fold 2:流明 Fold 2:190:20"
    ),
    colours("BLK BRN"))
add("phone-accessories", "PAC-CLR", "{} Clear Magnetic Case", "{} 透明磁吸手机壳", 49, "high",
    axis(
        "AUR12:Aurora 12:极光 12:100:150; AUR12P:Aurora 12 Pro:极光 12 Pro;"
        "AUR12U:Aurora 12 Ultra:极光 12 Ultra:100:60; AUR11:Aurora 11:极光 11:80:60; SKY7:Skylark 7:云雀 7:90:120;"
        "SKY7P:Skylark 7 Plus:云雀 7 Plus:90:80; LUM5:Lumen 5:流明 5:100:60"
    ))
add("phone-accessories", "PAC-FILM", "{} Tempered Glass Screen Protector, 2-Pack", "{} 钢化膜 2片装", 29, "staple",
    axis(
        "AUR12:Aurora 12:极光 12:100:150; AUR12P:Aurora 12 Pro:极光 12 Pro;"
        "AUR12U:Aurora 12 Ultra:极光 12 Ultra:100:60; SKY7:Skylark 7:云雀 7:85:120; LUM5:Lumen 5:流明 5:100:60"
    ))
add("phone-accessories", "PAC-CHG", "Voltleaf GaN Fast Charger {} {}", "伏叶 氮化镓快充充电器 {} {}", 69, "high",
    axis("33:33W:33W; 65:65W:65W:170:140; 100:100W:100W:270:60; 140:140W:140W:400:30"), colours("BLK WHT"))
add("phone-accessories", "PAC-PWB", "Voltleaf Power Bank {} {}", "伏叶 充电宝 {} {}", 99, "high",
    axis(
        "5K:5000 mAh Magnetic:5000毫安时磁吸; 10K:10000 mAh 30W:10000毫安时30W:110:150;"
        "20K:20000 mAh 45W:20000毫安时45W:170"
    ),
    colours("BLK WHT BLU"))
add("phone-accessories", "PAC-CBL", "Voltleaf USB-C Cable {} {}", "伏叶 USB-C数据线 {} {}", 19.9, "staple",
    axis("60:60W:60W; 100:100W:100W:150; 240:240W:240W:220:50"), axis("1M:1 m:1米:100:130; 2M:2 m:2米:130"))
each("phone-accessories", "normal", """
    PAC-WCH3   | Voltleaf 3-in-1 Wireless Charging Stand {} | 伏叶 三合一无线充电支架 {} | 199
    PAC-CARMNT | Magnetic Car Phone Mount {}                | 车载磁吸手机支架 {}        | 69
    PAC-TRIPOD | Bluetooth Selfie Stick Tripod {}           | 蓝牙自拍杆三脚架 {}        | 79
""", colours("BLK WHT"))

each("audio", "high", """
    AUD-EB-AIR  | Echoleaf Air True Wireless Earbuds {}    | 叶音 Air 真无线蓝牙耳机 {}  | 199
    AUD-EB-PRO  | Echoleaf Pro Noise-Cancelling Earbuds {} | 叶音 Pro 主动降噪耳机 {}    | 499
    AUD-EB-CLIP | Echoleaf Clip Open-Ear Earbuds {}        | 叶音 Clip 耳夹式开放耳机 {} | 399
""", colours("BLK WHT PNK"))
each("audio", "normal", """
    AUD-HP-ST | Echoleaf Studio Over-Ear Headphones {}       | 叶音 Studio 头戴式耳机 {}   | 699
    AUD-HP-NC | Echoleaf Hush Noise-Cancelling Headphones {} | 叶音 Hush 头戴式降噪耳机 {} | 1199
    AUD-BC    | Echoleaf Swim Bone-Conduction Earphones {}   | 叶音 Swim 骨传导游泳耳机 {} | 699
    AUD-GM    | Thunderpeak Wireless Gaming Headset {}       | 雷岭 无线游戏耳机 {}        | 349
""", colours("BLK WHT GRY"))
each("audio", "normal", """
    AUD-SP-MINI  | Tidewave Mini Bluetooth Speaker {}     | 潮音 Mini 便携蓝牙音箱 {} | 129
    AUD-SP-OUT   | Tidewave Outdoor Waterproof Speaker {} | 潮音 户外防水蓝牙音箱 {}  | 399
    AUD-SP-SMART | Tidewave Smart Speaker with Clock {}   | 潮音 时钟智能音箱 {}      | 249
""", colours("BLK WHT GRN BLU"))
each("audio", "normal", """
    AUD-EB-SPT | Echoleaf Sport Earhook Earbuds {}          | 叶音 Sport 挂耳式运动耳机 {} | 299
    AUD-EB-KID | Echoleaf Kids Volume-Limited Headphones {} | 叶音 儿童音量保护头戴耳机 {} | 159
    AUD-SLEEP  | Echoleaf Sleep Earbuds {}                  | 叶音 Sleep 睡眠耳机 {}       | 349
""", colours("BLU PNK WHT"))
add("audio", "AUD-SBAR", "Tidewave Soundbar {}", "潮音 回音壁 {}", 799, "low",
    axis(
        "20:2.0 Channel:2.0声道; 21:2.1 Channel with Subwoofer:2.1声道 带低音炮:160;"
        "512:5.1.2 Channel:5.1.2声道:375:40"
    ))
add("audio", "AUD-SHELF", "Tidewave Bookshelf Speakers {} (pair)", "潮音 书架音箱 {}（一对）", 899, "low",
    axis("WAL:Walnut:胡桃木色; BLK:Black:黑色"))
add("audio", "AUD-WIRED", "Echoleaf Wired In-Ear Earphones {} {}", "叶音 有线入耳式耳机 {} {}", 39, "staple",
    axis("35:3.5 mm:3.5mm接口:100:80; C:USB-C:USB-C接口:125:130"), colours("BLK WHT"))
add("audio", "AUD-MIC", "Tidewave {}", "潮音 {}", 199, "normal",
    axis(
        "USB:USB Condenser Microphone:USB电容麦克风;"
        "LAV1:Wireless Lavalier Microphone, One Transmitter:无线领夹麦克风 一拖一:90;"
        "LAV2:Wireless Lavalier Microphone, Two Transmitters:无线领夹麦克风 一拖二:150;"
        "KTV:Karaoke Bluetooth Microphone:家用K歌蓝牙麦克风:80"
    ))
add("audio", "AUD-VNL", "Tidewave Vinyl Record Player {}", "潮音 黑胶唱片机 {}", 1299, "scarce",
    axis("WAL:Walnut:胡桃木色; WHT:White:白色"))
add("audio", "AUD-RAD", "Tidewave Portable Radio {}", "潮音 便携收音机 {}", 89, "normal", colours("BLK RED"))

add("wearables", "WEA-W4", "Aurora Watch 4 Smartwatch {} {}", "极光 Watch 4 智能手表 {} {}", 999, "normal",
    axis(
        "42:42 mm:42mm; 46:46 mm:46mm:110"
    ), axis(
        "BLK:Black Sport Band:黑色运动表带:100:140; BRN:Brown Leather Band:棕色皮表带:110;"
        "STL:Steel Band:钢表带:130:60"
    ))
add("wearables", "WEA-B9", "Skylark Band 9 Fitness Band {}", "云雀 手环9 智能手环 {}", 229, "high", colours("BLK PNK BLU YEL"))
add("wearables", "WEA-KID", "Skylark Kids 4G Watch {}", "云雀 4G儿童电话手表 {}", 499, "normal", colours("PNK BLU GRN"))
add("wearables", "WEA-GPS", "Ridgeway GPS Outdoor Watch {}", "远脊 GPS户外运动手表 {}", 1699, "low", colours("BLK ORG OLV"))
add("wearables", "WEA-W3", "Aurora Watch 3 Smartwatch {} {}", "极光 Watch 3 智能手表 {} {}", 699, "normal",
    axis("42:42 mm:42mm; 46:46 mm:46mm:110"), finishes("BLK SLV PNK"))
add("wearables", "WEA-FIT", "Skylark Fit Square Smartwatch {}", "云雀 Fit 方屏智能手表 {}", 399, "high",
    finishes("BLK SLV LBL PNK"))
add("wearables", "WEA-GLS", "Aurora Audio {}", "极光 智能音频{}", 999, "low",
    axis("SUN:Sunglasses:墨镜; CLR:Glasses with Clear Lenses:平光眼镜"))
add("wearables", "WEA-STRAP", "Aurora Watch 4 {} Strap {}", "极光 Watch 4 {}表带 {}", 69, "normal",
    axis("SIL:Silicone:硅胶:100:130; NYL:Nylon:尼龙:130"), colours("BLK WHT PNK NVY"))
add("wearables", "WEA-RING", "Aurora Smart Ring {}", "极光 智能戒指 {}", 1299, "scarce",
    numbers(range(7, 13), "Size {}", "{}号", prefix="S", peak=9))

add("cameras", "CAM-ACT", "Ridgeway 4K Action Camera {}", "远脊 4K运动相机 {}", 1499, "normal",
    axis("STD:Standard Kit:标准套装:100:140; RIDE:Cycling Kit:骑行套装:118; DIVE:Diving Kit:潜水套装:125:50"))
add("cameras", "CAM-INST", "Snapbird Mini Instant Camera {}", "快鸟 mini 一次成像相机 {}", 499, "normal",
    colours("PNK BLU WHT MNT"))
add("cameras", "CAM-FILM", "Snapbird Mini Instant Film {}", "快鸟 mini 一次成像相纸 {}", 59, "high",
    axis("10:10 sheets:10张; 20:20 sheets:20张:185; 50:50 sheets:50张:430:40"))
add("cameras", "CAM-DRN", "Skyhopper Mini Drone {}", "跃空 Mini 航拍无人机 {}", 2388, "low",
    axis("STD:Standard:标准版; FLY:Fly More Kit:畅飞套装:140"))
add("cameras", "CAM-HOME", "Brightpane Home Security Camera {}", "明窗 家用智能摄像机 {}", 149, "high",
    axis(
        "2K:2K Indoor:2K室内版:100:140; 3K:3K Pan-Tilt:3K云台版:140; OUT:Outdoor Waterproof:户外防水版:180;"
        "SOL:Solar 4G:太阳能4G版:320:40"
    ))
add("cameras", "CAM-TRI", "Snapbird Travel Tripod {}", "快鸟 旅行三脚架 {}", 199, "normal",
    axis("AL:Aluminium:铝合金; CF:Carbon Fibre:碳纤维:280:40"))

# Home appliances ----------------------------------------------------------------------------------------------

add("large-appliances", "LAG-TV", 'Brightpane {} Smart TV', "明窗 {} 智能电视", 1599, "normal",
    axis(
        '43:43" 4K:43英寸 4K; 55:55" 4K:55英寸 4K:140:130; 65:65" 4K 120Hz:65英寸 4K 120Hz:205:130;'
        '75:75" 4K 120Hz:75英寸 4K 120Hz:285; 85:85" Mini-LED:85英寸 Mini-LED:530:50;'
        '98:98" Mini-LED:98英寸 Mini-LED:900:15'
    ))
add("large-appliances", "LAG-PRJ", "Brightpane {} Projector", "明窗 {} 投影仪", 1299, "low",
    axis("LCD:Portable 1080p:便携1080P; LED:1080p Living-Room:客厅1080P:185; LSR:4K Laser:4K激光:460:40"))
add("large-appliances", "LAG-FRG", "Frostline {} Refrigerator {}", "霜线 {}冰箱 {}", 1499, "normal",
    axis(
        "210:210 L Two-Door:210升双门; 325:325 L Three-Door:325升三门:140;"
        "480:480 L French-Door:480升法式多门:235:120; 535:535 L Side-by-Side:535升对开门:220:80"
    ),
    axis("WHT:Pearl White:珍珠白; GRY:Star Grey:星空灰"))
add("large-appliances", "LAG-FRZ", "Frostline {} Chest Freezer", "霜线 {}冷柜", 799, "normal",
    axis("100:100 L:100升; 200:200 L:200升:150; 300:300 L:300升:200:50"))
add("large-appliances", "LAG-WSH", "Purewave {} {}", "清澜 {}洗衣机 {}", 999, "normal",
    axis(
        "TOP8:8 kg Top-Load Washing Machine:8公斤波轮; TOP10:10 kg Top-Load Washing Machine:10公斤波轮:135;"
        "FR10:10 kg Front-Load Washing Machine:10公斤滚筒:200:130; WD10:10 kg Washer-Dryer:10公斤洗烘一体:290:70"
    ),
    axis("WHT:White:白色; GRY:Titanium Grey:钛灰色"))
add("large-appliances", "LAG-WSET", "Purewave Washer and Dryer Set {} {}", "清澜 洗烘套装 {} {}", 4999, "low",
    axis(
        "STD:10 kg Standard:10公斤标准款; PRO:12 kg Auto-Dosing:12公斤自动投放款:135:60"
    ), axis(
        "WHT:White:白色; GRY:Titanium Grey:钛灰色"
    ))
add("large-appliances", "LAG-WINE", "Frostline Wine Cooler {}", "霜线 恒温酒柜 {}", 1599, "scarce",
    axis("28:28 Bottles:28瓶装; 46:46 Bottles:46瓶装:140; 120:120 Bottles:120瓶装:260:40"))
add("large-appliances", "LAG-TVA", 'Brightpane {} Art TV', "明窗 {} 壁画电视", 3999, "scarce",
    axis('55:55" 4K Matte:55英寸 4K 哑光; 65:65" 4K Matte:65英寸 4K 哑光:140; 75:75" 4K Matte:75英寸 4K 哑光:190:60'))
add("large-appliances", "LAG-BATH", "Frostline {} Bathroom Heater", "霜线 {}浴霸", 399, "normal",
    axis(
        "AIR:Ceiling Warm-Air:风暖吊顶式:100:130; LAMP:Wall-Mounted Lamp:灯暖壁挂式:55;"
        "SMART:Voice-Controlled:语音智能:200:60"
    ))
add("large-appliances", "LAG-MINIW", "Purewave Mini {} Washing Machine", "清澜 迷你{}洗衣机", 599, "normal",
    axis("BABY:3 kg Baby Clothes:3公斤婴儿; SOCK:1 kg Underwear:1公斤内衣:70"))
add("large-appliances", "LAG-DRY", "Purewave 10 kg Heat-Pump Dryer {}", "清澜 10公斤热泵干衣机 {}", 3299, "low",
    axis("WHT:White:白色; GRY:Titanium Grey:钛灰色"))
add("large-appliances", "LAG-AC", "Frostline {} Inverter Air Conditioner", "霜线 {}空调", 2199, "normal",
    axis(
        "10W:1 HP Wall-Mounted:大1匹变频壁挂式; 15W:1.5 HP Wall-Mounted:大1.5匹变频壁挂式:115:150;"
        "20F:2 HP Floor-Standing:2匹变频立柜式:230; 30F:3 HP Floor-Standing:3匹变频立柜式:275:70;"
        "10P:1 HP Portable:1匹移动式:95:40"
    ))
add("large-appliances", "LAG-DSW", "Purewave {} Dishwasher", "清澜 {}洗碗机", 1799, "low",
    axis(
        "TAB:6-Place Tabletop:6套台式; BI13:13-Place Built-in:13套嵌入式:200;"
        "BI16:16-Place Built-in:16套嵌入式:280:60"
    ))
add("large-appliances", "LAG-WH", "Frostline {} Water Heater", "霜线 {}热水器", 799, "normal",
    axis(
        "E40:40 L Electric:40升电; E60:60 L Electric:60升电:120:140; E80:80 L Electric:80升电:150;"
        "G13:13 L/min Gas:13升燃气:200; G16:16 L/min Gas:16升燃气:255"
    ))
add("large-appliances", "LAG-HOOD", "Warmhearth {}", "暖灶 {}", 1499, "low",
    axis(
        "SIDE:Side-Suction Range Hood:侧吸式抽油烟机; TOP:Top-Suction Range Hood:顶吸式抽油烟机:120;"
        "SET:Range Hood and Gas Hob Set:烟灶套装:190:120; HOB:Two-Burner Gas Hob:双眼燃气灶:60;"
        "STM:Built-in Steam Oven:嵌入式蒸烤箱:260:60"
    ))

each("kitchen-appliances", "normal", """
    KIT-RICE   | Warmhearth Smart Rice Cooker {}        | 暖灶 智能电饭煲 {}   | 229 |
        3L:3 L:3升; 4L:4 L:4升:120:140; 5L:5 L:5升:140:70
    KIT-RICEIH | Warmhearth IH Rice Cooker {}           | 暖灶 IH电饭煲 {}     | 499 |
        3L:3 L:3升; 4L:4 L:4升:116:140; 5L:5 L:5升:130:70
    KIT-PRES   | Warmhearth Electric Pressure Cooker {} | 暖灶 电压力锅 {}     | 299 |
        4L:4 L:4升; 5L:5 L:5升:115:140; 6L:6 L:6升:135
    KIT-STEW   | Warmhearth Ceramic Slow Cooker {}      | 暖灶 陶瓷电炖锅 {}   | 129 |
        1L:1 L:1升; 25L:2.5 L:2.5升:140:130; 4L:4 L:4升:185
    KIT-AIRF   | Warmhearth Visible Air Fryer {}        | 暖灶 可视空气炸锅 {} | 249 |
        4L:4 L:4升; 5L:5 L:5升:120:140; 6L:6 L Dual-Zone:6升双仓:180:60
    KIT-OVEN   | Warmhearth Electric Oven {}            | 暖灶 电烤箱 {}       | 169 |
        12L:12 L:12升; 32L:32 L:32升:155:140; 40L:40 L:40升:200
    KIT-HOTPOT | Warmhearth Electric Hot Pot {}         | 暖灶 电火锅 {}       | 149 |
        3L:3 L:3升; 5L:5 L:5升:130:130; 6S:6 L Split Pot:6升鸳鸯锅:150
    KIT-STEAM  | Warmhearth Electric Steamer {}         | 暖灶 电蒸锅 {}       | 159 |
        9L:9 L Two-Tier:9升双层; 18L:18 L Three-Tier:18升三层:150:60
    KIT-MICRO  | Warmhearth Microwave Oven {}           | 暖灶 微波炉 {}       | 329 |
        20:20 L Turntable:20升转盘; 23:23 L Flatbed:23升平板:140; 25:25 L Grill Combi:25升微烤一体:210:60
    KIT-INDUC  | Warmhearth Induction Cooker {}         | 暖灶 电磁炉 {}       | 169 |
        2100:2100W:2100W:100:140; 2200:2200W with Pot:2200W 送汤锅:150; 3500:3500W Wok:3500W 凹面:320:30
    KIT-BLEND  | Warmhearth High-Speed Blender {}       | 暖灶 破壁机 {}       | 299 |
        12:1.2 L:1.2升; 175:1.75 L Quiet:1.75升低音:180
    KIT-COFFEE | Warmhearth Coffee Machine {}           | 暖灶 咖啡机 {}       | 249 |
        DRIP:Drip:美式滴漏; ESP:15-Bar Espresso:15Bar意式:240; AUTO:Bean-to-Cup:全自动研磨:800:40
    KIT-WPUR   | Purewave Under-Sink Water Purifier {}  | 清澜 厨下净水器 {}   | 999 |
        400:400 gal/day:400加仑; 800:800 gal/day:800加仑:165:120; 1200:1200 gal/day:1200加仑:270:50
    KIT-WFLT   | Purewave Water Purifier Filter {}      | 清澜 净水器滤芯 {}   | 129 |
        PAC:Carbon Block:复合款:100:150; RO:RO Membrane:RO反渗透款:300
""")
each("kitchen-appliances", "normal", """
    KIT-RICEM  | Warmhearth Mini Rice Cooker 1.6 L {} | 暖灶 迷你电饭煲 1.6升 {} | 139
    KIT-KETTLE | Warmhearth Electric Kettle 1.5 L {}  | 暖灶 电热水壶 1.5升 {}   | 79
    KIT-THERMK | Warmhearth Keep-Warm Kettle 1.7 L {} | 暖灶 恒温电水壶 1.7升 {} | 149
    KIT-SOY    | Warmhearth Mini Soy Milk Maker {}    | 暖灶 迷你豆浆机 {}       | 139
    KIT-TOAST  | Warmhearth Two-Slice Toaster {}      | 暖灶 双槽多士炉 {}       | 109
    KIT-JUICE  | Warmhearth Portable Juicer Cup {}    | 暖灶 便携榨汁杯 {}       | 89
    KIT-EGG    | Warmhearth Egg Cooker {}             | 暖灶 煮蛋器 {}           | 39
    KIT-LUNCH  | Warmhearth Electric Lunch Box {}     | 暖灶 电热饭盒 {}         | 99
    KIT-HEALTH | Warmhearth Herbal Tea Pot {}         | 暖灶 养生壶 {}           | 129
""", colours("CRM PNK MNT"))

each("home-appliances", "normal", """
    HAP-VAC   | Cleanhill Cordless Vacuum Cleaner {}  | 净山 无线吸尘器 {}     | 599  |
        V8:V8:V8; V10:V10:V10:165; V12:V12 Anti-Tangle:V12 防缠绕:270:50
    HAP-MOP   | Cleanhill Wet and Dry Floor Washer {} | 净山 洗地机 {}         | 1299 |
        F3:F3:F3; F5:F5 Self-Cleaning:F5 自清洁:155; F7:F7 Hot-Air Drying:F7 热风烘干:200:60
    HAP-ROBOT | Cleanhill Robot Vacuum {}             | 净山 扫地机器人 {}     | 1499 |
        R2:R2:R2; R5:R5 Self-Emptying:R5 自集尘:170; R9:R9 All-in-One Station:R9 全能基站:270:60
    HAP-MITE  | Cleanhill Mattress Vacuum {}          | 净山 除螨仪 {}         | 299  |
        WIRED:Corded:有线款; CORDL:Cordless:无线款:165
    HAP-AIRP  | Purewave Air Purifier {}              | 清澜 空气净化器 {}     | 699  |
        30:for 30 sq m:30平方米适用; 50:for 50 sq m:50平方米适用:160; 80:for 80 sq m:80平方米适用:300:40
    HAP-AIRF  | Purewave Air Purifier Filter {}       | 清澜 空气净化器滤网 {} | 129  |
        30:for 30 sq m:30平方米机型; 50:for 50 sq m:50平方米机型:130; 80:for 80 sq m:80平方米机型:190
    HAP-DEHUM | Frostline Dehumidifier {}             | 霜线 除湿机 {}         | 699  |
        12:12 L/day:12升/天; 22:22 L/day:22升/天:160; 50:50 L/day:50升/天:300:30
    HAP-FAN   | Frostline {}                          | 霜线 {}                | 129  |
        STD:Pedestal Fan:落地扇:100:150; DC:DC Circulator Fan:直流变频循环扇:230;
        TWR:Bladeless Tower Fan:无叶塔扇:270:70; CLIP:USB Clip Fan:USB夹式小风扇:40:150
    HAP-HEAT  | Frostline {}                          | 霜线 {}                | 199  |
        OIL:13-Fin Oil Radiator:13片电油汀:170; PTC:PTC Fan Heater:暖风机; BSB:Baseboard Heater:踢脚线取暖器:190;
        CARB:Quartz Tube Heater:小太阳取暖器:55:140
    HAP-BLKT  | Warmhearth Electric Blanket {}        | 暖灶 电热毯 {}         | 129  |
        S:Single 150 x 80 cm:单人 150×80cm; D:Double 180 x 150 cm:双人 180×150cm:165:140;
        K:King 200 x 180 cm:双人加大 200×180cm:200
    HAP-IRON  | Warmhearth {}                         | 暖灶 {}                | 99   |
        STM:Steam Iron:蒸汽电熨斗; HAND:Handheld Garment Steamer:手持挂烫机:160:130;
        STD:Standing Garment Steamer:立式挂烫机:320:60
    HAP-LOCK  | Brightpane Smart Door Lock {}         | 明窗 智能门锁 {}       | 899  |
        FP:Fingerprint:指纹版; FACE:3D Face:3D人脸版:200; CAM:Face with Camera:人脸可视版:250:60
    HAP-BULB  | Brightpane Smart LED Bulb {}          | 明窗 智能LED灯泡 {}    | 29   |
        1W:White 9W:白光9W:100:140; 1C:Colour 9W:彩光9W:170; 4W:White 9W, Box of 4:白光9W 4只装:360
    HAP-LAMP  | Brightpane Eye-Care Desk Lamp {}      | 明窗 护眼台灯 {}       | 149  |
        STD:Standard:标准版; PRO:National AA Grade:国AA级:200; STAND:Floor Standing:落地大路灯:750:40
    HAP-MASS  | Restwell {}                           | 憩安 {}                | 199  |
        NECK:Neck Massager:颈椎按摩仪; EYE:Heated Eye Massager:热敷眼部按摩仪:130; GUN:Massage Gun:筋膜枪:150;
        FOOT:Foot Spa Bath:足浴盆:160; CHAIR:Massage Chair:全身按摩椅:2600:8
    HAP-PLUG  | Voltleaf Extension Socket {}          | 伏叶 插线板 {}         | 39   |
        4:4 Outlets 1.8 m:4位 1.8米:100:150; 6U:6 Outlets with USB 3 m:6位带USB 3米:180; 8:8 Outlets 5 m:8位 5米:190
""")
each("home-appliances", "normal", """
    HAP-DRYER  | Breezecurl Ionic Hair Dryer {}       | 风卷 负离子吹风机 {}   | 129
    HAP-DRYERH | Breezecurl High-Speed Hair Dryer {}  | 风卷 高速吹风机 {}     | 399
    HAP-CURL   | Breezecurl 32 mm Curling Iron {}     | 风卷 32mm卷发棒 {}     | 119
    HAP-HUMID  | Purewave Mist-Free Humidifier {}     | 清澜 无雾加湿器 {}     | 299
    HAP-SCALE  | Skylark Body Composition Scale {}    | 云雀 体脂秤 {}         | 99
    HAP-BRUSH  | Mintbay Sonic Electric Toothbrush {} | 薄荷湾 声波电动牙刷 {} | 149
    HAP-FLOSS  | Mintbay Water Flosser {}             | 薄荷湾 冲牙器 {}       | 199
""", colours("WHT PNK GRN"))
each("home-appliances", "normal", """
    HAP-NLIGHT | Brightpane Motion-Sensor Night Light {} | 明窗 人体感应小夜灯 {} | 39
    HAP-MFAN   | Frostline Handheld Fan {}               | 霜线 手持小风扇 {}     | 59
    HAP-HWARM  | Warmhearth Rechargeable Hand Warmer {}  | 暖灶 充电暖手宝 {}     | 69
    HAP-AROMA  | Purewave Ultrasonic Aroma Diffuser {}   | 清澜 超声波香薰机 {}   | 99
    HAP-FACE   | Breezecurl Facial Cleansing Brush {}    | 风卷 声波洁面仪 {}     | 149
""", colours("WHT PNK MNT"))
each("home-appliances", "normal", """
    HAP-SHAVE  | Keenedge Rotary Electric Shaver {} | 锐边 旋转式电动剃须刀 {} | 199
    HAP-SHAVEF | Keenedge Foil Electric Shaver {}   | 锐边 往复式电动剃须刀 {} | 499
    HAP-CLIP   | Keenedge Hair Clipper {}           | 锐边 电推剪 {}           | 119
""", colours("BLK SLV"))

# Beauty and personal care -------------------------------------------------------------------------------------

LIP_SHADES = axis(
    "01:#01 Bean Paste Rose:#01 豆沙色:100:160; 02:#02 True Red:#02 正红色:100:140; 03:#03 Tomato Red:#03 番茄红;"
    "04:#04 Milk Tea Nude:#04 奶茶色:100:120; 05:#05 Black Cherry:#05 车厘子色; 06:#06 Maple Leaf:#06 枫叶红:100:110;"
    "07:#07 Peach Pink:#07 蜜桃粉; 08:#08 Brick Red:#08 红砖色; 09:#09 Coral Orange:#09 珊瑚橘:100:70;"
    "10:#10 Dusty Rose:#10 干枯玫瑰:100:120; 11:#11 Berry:#11 浆果色:100:60; 12:#12 Cinnamon:#12 肉桂色:100:60"
)
add("makeup", "COS-LIP-MAT", "Rosemist Velvet Matte Lipstick {}", "蔷雾 丝绒哑光口红 {}", 129, "high", LIP_SHADES)
add("makeup", "COS-LIP-STN", "Rosemist Satin Moisture Lipstick {}", "蔷雾 缎光滋润口红 {}", 149, "normal", LIP_SHADES)
add("makeup", "COS-LIP-LNR", "Moonveil Lip Liner {}", "月纱 唇线笔 {}", 39, "normal", LIP_SHADES[:6])
add("makeup", "COS-LIP-GLS", "Petalink Mirror Lip Glaze {}", "花笺 镜面唇釉 {}", 69, "high", LIP_SHADES)
add("makeup", "COS-LIP-TNT", "Petalink Tinted Lip Balm {}", "花笺 变色润唇膏 {}", 39, "high",
    axis("CHR:Cherry:樱桃; PCH:Peach:蜜桃; HNY:Honey:蜂蜜"))
SKIN_SHADES = axis(
    "C10:C10 Porcelain:C10 瓷白:100:80; N20:N20 Ivory:N20 象牙白:100:150; N30:N30 Natural:N30 自然色:100:140;"
    "W20:W20 Warm Ivory:W20 暖象牙; W40:W40 Wheat:W40 小麦色:100:50"
)
each("makeup", "normal", """
    COS-CUSH  | Rosemist Long-Wear Cushion Foundation {} | 蔷雾 持妆气垫粉底 {} | 189
    COS-FOUND | Moonveil Hydrating Liquid Foundation {}  | 月纱 水润粉底液 {}   | 219
""", SKIN_SHADES)
add("makeup", "COS-CONC", "Moonveil Concealer {}", "月纱 遮瑕膏 {}", 79, "normal", SKIN_SHADES[1:4])
each("makeup", "normal", """
    COS-EYE9  | Petalink Nine-Colour Eyeshadow Palette {} | 花笺 九色眼影盘 {}   | 129  |
        DUSK:Dusk Rose:暮色玫瑰:100:140; TEA:Milk Tea:奶茶大地:100:130; SEA:Deep Sea:深海:100:50;
        PEACH:Peach Blossom:桃花; GRAPE:Grape:葡萄:100:60
    COS-BROW  | Petalink Slim Eyebrow Pencil {}           | 花笺 极细眉笔 {}     | 39   |
        01:#01 Grey Brown:#01 灰棕色:100:140; 02:#02 Dark Brown:#02 深棕色:100:120; 03:#03 Light Brown:#03 浅棕色;
        04:#04 Black Grey:#04 黑灰色
    COS-LINER | Petalink Waterproof Liquid Eyeliner {}    | 花笺 防水眼线液笔 {} | 49   |
        BLK:Black:黑色:100:140; BRN:Brown:棕色; TAU:Taupe:灰褐色:100:50
    COS-MASC  | Petalink Mascara {}                       | 花笺 睫毛膏 {}       | 79   |
        LONG:Lengthening:纤长款:100:120; CURL:Curling:卷翘款; CLEAR:Clear Brow and Lash:透明定型款:90:60
    COS-BLUSH | Rosemist Powder Blush {}                  | 蔷雾 柔雾腮红 {}     | 79   |
        01:#01 Peach:#01 蜜桃:100:130; 02:#02 Apricot:#02 杏色; 03:#03 Rose:#03 玫瑰; 04:#04 Lilac:#04 丁香紫:100:60
    COS-HILI  | Moonveil Highlighter {}                   | 月纱 高光 {}         | 89   |
        CHAMP:Champagne:香槟金; PEARL:Pearl:珍珠白; PINK:Pink Mist:雾粉:100:70
    COS-CONT  | Moonveil Contour Palette {}               | 月纱 修容盘 {}       | 89   |
        COOL:Cool Tone:冷调; WARM:Warm Tone:暖调
    COS-PWD   | Moonveil Loose Setting Powder {}          | 月纱 定妆散粉 {}     | 119  |
        CLR:Translucent:透明色:100:140; PUR:Lavender:紫色提亮; PNK:Pink:粉色
    COS-PRIM  | Moonveil Makeup Primer {}                 | 月纱 妆前乳 {}       | 99   |
        PUR:Lavender:紫色; GRN:Green:绿色; CLR:Clear:透明色
    COS-NAIL  | Petalink Quick-Dry Nail Polish {}         | 花笺 速干指甲油 {}   | 19.9 |
        01:#01 Nude:#01 裸色:100:140; 02:#02 Wine Red:#02 酒红; 03:#03 Milk White:#03 奶白;
        04:#04 Cat-Eye Silver:#04 猫眼银; 05:#05 Haze Blue:#05 雾霾蓝; 06:#06 Caramel:#06 焦糖色
    COS-BRSH  | Makeup Brush Set {}                       | 化妆刷套装 {}        | 49   |
        5:5 pieces:5支装:100:130; 10:10 pieces:10支装:180; 14:14 pieces with Case:14支装 送刷包:260:50
    COS-PUFF  | Makeup Sponge {}                          | 美妆蛋 {}            | 19.9 |
        3:3 pieces:3个装:100:140; 7:7 pieces:7个装:190
    COS-RMVW  | Dewleaf {}                                | 露叶 {}              | 39   |
        WTR300:Micellar Cleansing Water 300 ml:卸妆水 300ml:100:140; OIL200:Cleansing Oil 200 ml:卸妆油 200ml:220;
        BALM100:Makeup Cleansing Balm 100 g:卸妆膏 100g:230; WIPE:Makeup Remover Wipes 60 sheets:卸妆湿巾 60片:60
    COS-LENS  | Daily Colour Contact Lenses {}            | 彩色隐形眼镜日抛 {}  | 59   |
        10B:Brown, 10 Lenses:棕色 10片装:100:140; 10G:Grey, 10 Lenses:灰色 10片装; 30B:Brown, 30 Lenses:棕色 30片装:230
""")
add("makeup", "COS-EDT", "Petalink Eau de Toilette {} {}", "花笺 淡香水 {} {}", 129, "normal",
    axis(
        "OSM:Osmanthus:桂花:100:140; GRD:Gardenia:栀子花; CED:Cedar:雪松; FIG:Fig Leaf:无花果叶;"
        "TEA:White Tea:白茶:100:120"
    ),
    axis("10:10 ml:10ml:100:120; 50:50 ml:50ml:260; 100:100 ml:100ml:420:40"))
add("makeup", "COS-SOLO", "Petalink Single Eyeshadow {}", "花笺 单色眼影 {}", 29, "normal",
    axis(
        "01:#01 Champagne:#01 香槟; 02:#02 Rose Brown:#02 玫瑰棕:100:130; 03:#03 Copper:#03 红铜;"
        "04:#04 Taupe:#04 灰棕; 05:#05 Lilac:#05 丁香紫:100:60; 06:#06 Silver Glitter:#06 银河亮片:110;"
        "07:#07 Pumpkin:#07 南瓜; 08:#08 Forest:#08 森林绿:100:40"
    ))
add("makeup", "COS-EDP", "Moonveil Eau de Parfum {} {}", "月纱 香水 {} {}", 299, "low",
    axis(
        "ROSE:Rose and Oud:玫瑰乌木; IRIS:Iris and Musk:鸢尾麝香; SEA:Sea Salt:海盐:100:120"
    ), axis(
        "30:30 ml:30ml:100:120; 75:75 ml:75ml:190"
    ))
add("makeup", "COS-GIFT", "Rosemist Lipstick Gift Box {}", "蔷雾 口红礼盒 {}", 299, "low",
    axis("3:3 pieces:3支装; 6:6 pieces, Limited Edition:6支装 限量版:180:50"))

# Every skincare range has the same eight steps.
for code, en, zh, percent in (
    ("DEW", "Dewleaf Hydrating", "露叶 补水保湿", 60),
    ("SNL", "Snowpetal Brightening", "雪瓣 焕亮", 120),
    ("CAM", "Camellia Firming", "山茶集 紧致抗皱", 180),
    ("OAT", "Oatmild Soothing", "燕麦语 舒缓修护", 80),
    ("RCE", "Ricewater Balancing", "米漾 平衡柔润", 70),
):
    for step, step_en, step_zh, yuan, sizes in (
        ("CLN", "Facial Cleanser", "洁面乳", 69, "60:60 g:60g:100:70; 120:120 g:120g:160:130"),
        ("TON", "Toner", "爽肤水", 99, "150:150 ml:150ml; 300:300 ml:300ml:170:60"),
        ("LOT", "Emulsion", "乳液", 109, "100:100 ml:100ml; 200:200 ml:200ml:175:60"),
        ("SER", "Serum", "精华液", 179, "30:30 ml:30ml:100:130; 50:50 ml:50ml:150:70"),
        ("CRM", "Face Cream", "面霜", 139, "30:30 g:30g:100:80; 50:50 g:50g:150:120"),
        ("EYE", "Eye Cream", "眼霜", 149, "15:15 g:15g; 30:30 g:30g:180:50"),
        ("MSK", "Sheet Mask", "面膜", 69, "5:5 sheets:5片; 10:10 sheets:10片:180:140; 30:30 sheets:30片:460:60"),
        ("SET", "Skincare Gift Set", "护肤礼盒", 399, "3:3 pieces:3件套; 6:6 pieces:6件套:180:40"),
    ):
        add("skincare", f"SKN-{code}-{step}", f"{en} {step_en} {{}}", f"{zh}{step_zh} {{}}", yuan * percent / 100,
            "low" if step == "SET" else "normal", axis(sizes))
each("skincare", "high", """
    SKN-SUN  | Sunveil Sunscreen SPF50+ {}      | 日纱 防晒霜 SPF50+ {}    | 79   |
        30:30 ml:30ml:100:80; 60:60 ml:60ml:165:150; 100:100 ml:100ml:240
    SKN-SUNS | Sunveil Sunscreen Spray SPF50 {} | 日纱 防晒喷雾 SPF50 {}   | 89   |
        100:100 ml:100ml; 150:150 ml:150ml:135
    SKN-SUNK | Sunveil Kids Sunscreen SPF30 {}  | 日纱 儿童防晒霜 SPF30 {} | 79   | 50:50 g:50g; 80:80 g:80g:145:60
    SKN-MEN  | Keenedge Men's {}                | 锐边 男士{}              | 49   |
        OIL:Oil-Control Cleanser 120 g:控油洁面乳 120g:100:140; LOT:Moisturising Lotion 100 ml:保湿乳液 100ml:140;
        SUN:Sunscreen 50 ml:防晒乳 50ml:160; AFT:Aftershave Balm 75 ml:须后乳 75ml:130:50
    SKN-HAND | Softfoam Hand Cream {}           | 绵沫 护手霜 {}           | 19.9 |
        ROSE50:Rose 50 g:玫瑰 50g; SHEA50:Shea Butter 50 g:乳木果 50g:100:120; OSM50:Osmanthus 50 g:桂花 50g;
        BOX5:Gift Box 5 x 30 g:礼盒 30g×5:340:40
    SKN-LIPB | Softfoam Lip Balm {}             | 绵沫 润唇膏 {}           | 19.9 |
        PLN:Unscented 4 g:无香 4g:100:130; HNY:Honey 4 g:蜂蜜 4g; MINT:Mint 4 g:薄荷 4g
    SKN-ALOE | Dewleaf Aloe Vera Gel {}         | 露叶 芦荟胶 {}           | 29   |
        100:100 g:100g:100:130; 300:300 g:300g:170
""")

each("personal-care", "staple", """
    PER-SHMP  | Softfoam Shampoo {}           | 绵沫 洗发水 {}     | 39   |
        OIL400:Oil Control 400 ml:控油清爽 400ml:100:130; REP400:Repair 400 ml:修护滋养 400ml;
        DAN400:Anti-Dandruff 400 ml:去屑止痒 400ml:105; OIL750:Oil Control 750 ml:控油清爽 750ml:155;
        REP750:Repair 750 ml:修护滋养 750ml:155
    PER-COND  | Softfoam Conditioner {}       | 绵沫 护发素 {}     | 39   |
        REP400:Repair 400 ml:修护滋养 400ml; SMO400:Smooth 400 ml:柔顺丝滑 400ml;
        REP750:Repair 750 ml:修护滋养 750ml:155:60
    PER-WASH  | Softfoam Body Wash {}         | 绵沫 沐浴露 {}     | 35   |
        SAK500:Cherry Blossom 500 ml:樱花 500ml; MILK500:Milk 500 ml:牛奶 500ml; LIME500:Lime 500 ml:青柠 500ml;
        SAK1L:Cherry Blossom 1 L:樱花 1L:160; MILK1L:Milk 1 L:牛奶 1L:160
    PER-SOAP  | Softfoam Bar Soap {}          | 绵沫 香皂 {}       | 19.9 |
        4:4 x 115 g:115g×4块; 8:8 x 115 g:115g×8块:180
    PER-HANDW | Softfoam Foaming Hand Wash {} | 绵沫 泡沫洗手液 {} | 16.9 |
        300:300 ml:300ml; R500:Refill 500 ml:补充装 500ml:110; 3X300:3 x 300 ml:300ml×3瓶:260
    PER-TPST  | Mintbay Toothpaste {}         | 薄荷湾 牙膏 {}     | 14.9 |
        MNT120:Mint 120 g:薄荷 120g:100:140; WHT120:Whitening 120 g:美白 120g:130;
        SEN120:Sensitive 120 g:抗敏感 120g:160; KID60:Kids Strawberry 60 g:儿童草莓味 60g:110;
        FAM4:Family Pack 4 x 120 g:家庭装 120g×4支:330
    PER-TBRS  | Mintbay Toothbrush {}         | 薄荷湾 牙刷 {}     | 9.9  |
        SOFT2:Soft, 2 pieces:软毛 2支装:100:140; SOFT8:Soft, 8 pieces:软毛 8支装:300;
        WIDE4:Wide Head, 4 pieces:宽头 4支装:250; KID3:Kids, 3 pieces:儿童 3支装:170
    PER-MWSH  | Mintbay Mouthwash {}          | 薄荷湾 漱口水 {}   | 25.9 |
        250:250 ml:250ml; 500:500 ml:500ml:150; 20S:20 Travel Sachets:便携条装 20条:130
    PER-FLS   | Mintbay Floss Picks {}        | 薄荷湾 牙线棒 {}   | 12.9 |
        50:50 pieces:50支:70; 200:200 pieces:200支:150:140
    PER-PAD   | Cottonfield Sanitary Pads {}  | 棉田里 卫生巾 {}   | 15.9 |
        D240:Day 240 mm 10 pieces:日用240mm 10片:100:140; N290:Night 290 mm 8 pieces:夜用290mm 8片;
        N420:Overnight 420 mm 4 pieces:超长夜用420mm 4片; MIX:Value Pack 40 pieces:日夜组合装 40片:320;
        PANT:Pants M-L 4 pieces:安睡裤 M-L码 4条:120
    PER-COT   | Cottonfield {}                | 棉田里 {}          | 19.9 |
        FACE100:Cotton Face Towels 100 sheets:洗脸巾 100抽:100:150;
        FACE6:Cotton Face Towels 6 x 100 sheets:洗脸巾 100抽×6包:480; PAD200:Cotton Pads 200 pieces:化妆棉 200片:75;
        SWAB400:Cotton Swabs 400 pieces:棉签 400支:50
    PER-RAZ   | Keenedge Manual Razor {}      | 锐边 手动剃须刀 {} | 39   |
        1:Handle with 2 Blades:1刀架2刀头; 8:8 Blade Refill:8刀头替换装:250:60
    PER-DYE   | Softfoam Hair Dye {}          | 绵沫 泡泡染发剂 {} | 59   |
        BLK:Natural Black:自然黑:100:120; CHO:Chocolate Brown:巧克力棕:100:120; ASH:Ash Brown:闷青棕;
        WINE:Wine Red:酒红:100:50
    PER-MOSQ  | Cleanhill {}                  | 净山 {}            | 19.9 |
        SPRAY:Mosquito Repellent Spray 100 ml:驱蚊喷雾 100ml; COIL:Mosquito Coils 40 pieces:蚊香 40盘:75;
        LIQ3:Plug-in Mosquito Repellent with 3 Refills:电蚊香液 3瓶1器:150:130
""")

# Home ---------------------------------------------------------------------------------------------------------

each("household", "staple", """
    HOM-DET  | Cleanhill Laundry Detergent {}  | 净山 洗衣液 {}     | 19.9 |
        1K:1 kg:1kg; 2K:2 kg:2kg:175; 3K:3 kg:3kg:240:140; R500:Refill 4 x 500 g:袋装 500g×4袋:170;
        12K:Case 4 x 3 kg:整箱 3kg×4瓶:860:30
    HOM-PODS | Cleanhill Laundry Pods {}       | 净山 洗衣凝珠 {}   | 29.9 |
        30:30 pods:30颗; 60:60 pods:60颗:180:130; 120:120 pods:120颗:330:50
    HOM-SOFT | Cleanhill Fabric Softener {}    | 净山 衣物柔顺剂 {} | 25.9 | 1L:1 L:1L; 3L:3 L:3L:240
    HOM-DISH | Cleanhill Dish Soap {}          | 净山 洗洁精 {}     | 12.9 |
        1K:1 kg:1kg:100:140; 2X:2 x 1.2 kg:1.2kg×2瓶:210; 5K:Catering 5 kg:商用 5kg:300:40
    HOM-DTAB | Cleanhill Dishwasher Tablets {} | 净山 洗碗块 {}     | 49.9 |
        30:30 tablets:30块; 60:60 tablets:60块:180:60
    HOM-TOIL | Cleanhill {}                    | 净山 {}            | 15.9 |
        GEL:Toilet Cleaner 2 x 500 g:洁厕液 500g×2瓶; BLU:Toilet Blue Blocks 10 pieces:蓝泡泡洁厕块 10块:95;
        KIT:Kitchen Degreaser 500 ml:厨房油污净 500ml:120; GLS:Glass Cleaner 500 ml:玻璃清洁剂 500ml:90;
        DIS:Disinfectant 2 L:消毒液 2L:200; PIPE:Drain Cleaner 500 g:管道疏通剂 500g:110;
        MOLD:Mould Remover Gel 200 g:除霉啫喱 200g:110;
        WASH:Washing Machine Cleaner 12 tablets:洗衣机清洁泡腾片 12块:110:130;
        LEATH:Leather Care Cream 250 ml:皮革护理膏 250ml:150:60; SCALE:Descaler 10 sachets:柠檬酸除垢剂 10包:60
    HOM-TIS  | Cottonfield Facial Tissues {}   | 棉田里 抽纸 {}     | 14.9 |
        6:6 packs:6包; 24:24 packs:24包:330:150; 40:40 packs:40包:500:60
    HOM-ROLL | Cottonfield Toilet Paper {}     | 棉田里 卷纸 {}     | 24.9 |
        12:12 rolls:12卷; 27:27 rolls:27卷:200:140; 40:40 rolls:40卷:285:50
    HOM-KTWL | Cottonfield Kitchen Towels {}   | 棉田里 厨房纸 {}   | 15.9 | 4:4 rolls:4卷; 12:12 rolls:12卷:275:60
    HOM-WIPE | Cottonfield Wet Wipes {}        | 棉田里 湿巾 {}     | 9.9  |
        80:80 sheets:80片:100:130; 5X80:5 x 80 sheets:80片×5包:420; ALC50:Alcohol 50 sheets:酒精湿巾 50片:150
    HOM-BAG  | Cleanhill Bin Bags {}           | 净山 垃圾袋 {}     | 12.9 |
        S100:45 x 50 cm 100 pieces:45×50cm 100只:100:140; D150:Drawstring 150 pieces:抽绳款 150只:180;
        L50:80 x 100 cm 50 pieces:大号 80×100cm 50只:190
    HOM-WRAP | Cleanhill {}                    | 净山 {}            | 9.9  |
        FILM:Cling Film 30 cm x 60 m:保鲜膜 30cm×60米:100:130; ZIP:Zip Bags 100 pieces:密封袋 100只:150;
        FOIL:Aluminium Foil 30 cm x 10 m:锡纸 30cm×10米; GLV:Disposable Gloves 100 pieces:一次性手套 100只:80;
        AIRP:Air Fryer Paper 100 sheets:空气炸锅纸 100张:110
""")
each("household", "normal", """
    HOM-BOX | Tidyroom Storage Box {} {} | 整居 收纳箱 {} {} | 29 |
        20L:20 L:20升; 45L:45 L:45升:160:130; 80L:80 L:80升:230
""", colours("WHT BLU"))
each("household", "normal", """
    HOM-VAC   | Tidyroom Vacuum Storage Bags {} | 整居 真空压缩袋 {} | 39   |
        6:6 pieces:6件套; 11:11 pieces with Pump:11件套 送电泵:210
    HOM-HANG  | Tidyroom Non-Slip Hangers {}    | 整居 防滑衣架 {}   | 19.9 |
        10:10 pieces:10只:100; 30:30 pieces:30只:250:130; KIDS20:Kids' Size 20 pieces:儿童款 20只:130;
        TRO10:Trouser Clips 10 pieces:裤夹 10只:140; WOOD10:Solid Wood 10 pieces:实木 10只:300:60
    HOM-SHELF | Tidyroom Shoe Rack {}           | 整居 鞋架 {}       | 69   |
        4:4 Tiers:4层; 6:6 Tiers:6层:145; 8:8 Tiers:8层:190:60
    HOM-MOPK  | Cleanhill {}                    | 净山 {}            | 69   |
        FLAT:Flat Mop with Bucket:平板拖把桶套装:100:130; SPIN:Spin Mop with Bucket:旋转拖把桶套装:130;
        SPRAY:Spray Mop:喷雾拖把:85; BROOM:Broom and Dustpan Set:扫把簸箕套装:50
    HOM-DIFF  | Petalink Reed Diffuser {}       | 花笺 无火香薰 {}   | 59   |
        OSM:Osmanthus 150 ml:桂花 150ml; TEA:White Tea 150 ml:白茶 150ml:100:120; CED:Cedar 150 ml:雪松 150ml
    HOM-UMB   | Rainleaf Folding Umbrella {}    | 雨叶 折叠伞 {}     | 49   |
        AUTO:Automatic:全自动:120; SUN:UV-Block Sun:防晒晴雨两用:140:130; MINI:Pocket:口袋五折;
        GOLF:Large Golf:高尔夫大伞:160:40
    HOM-TOOL  | Handywork {}                    | 巧手工 {}          | 99   |
        SET46:46-Piece Tool Set:46件工具箱:100:120; DRILL:12V Cordless Drill:12V充电钻:200;
        SCREW:Electric Screwdriver:电动螺丝刀:90; LAD4:Folding Ladder 4 Steps:四步折叠梯:180:60;
        TAPE:Tape Measure 5 m:5米卷尺:20; GLUE:Hot Glue Gun:热熔胶枪:35; LEVEL:Laser Level:激光水平仪:260:50;
        PLIE:Pliers Set 3 pieces:钳子3件套:70; TORCH:LED Torch:LED强光手电:60:130;
        SEAL:Silicone Sealant 300 ml:玻璃胶 300ml:20
    HOM-BATT  | Voltleaf Alkaline Batteries {}  | 伏叶 碱性电池 {}   | 19.9 |
        AA8:AA 8 pieces:5号 8粒; AAA8:AAA 8 pieces:7号 8粒; AA24:AA 24 pieces:5号 24粒:260;
        AAA24:AAA 24 pieces:7号 24粒:260
""")

SHEETS = axis('15:for 1.5 m bed:1.5米床:100:110; 18:for 1.8 m bed:1.8米床:112:140; 20:for 2.0 m bed:2.0米床:122:50')
each("home-textiles", "low", """
    HTX-COT4  | Cottonfield 60s Cotton Bedding Set {} {}    | 棉田里 60支纯棉四件套 {} {} | 399 |
        MIST:Mist Blue:雾霾蓝; OAT:Oatmeal:燕麦色; SAKURA:Cherry Blossom:落樱
    HTX-TEN4  | Cottonfield Lyocell Bedding Set {} {}       | 棉田里 莱赛尔四件套 {} {}   | 499 |
        JADE:Jade Green:玉青; PEARL:Pearl Grey:珍珠灰
    HTX-WASH4 | Cottonfield Washed Cotton Bedding Set {} {} | 棉田里 水洗棉四件套 {} {}   | 259 |
        CHK:Grey Check:灰格; STR:Blue Stripe:蓝条; PLN:Plain Cream:素色米白
""", SHEETS)
QUILTS = axis("15:150 x 200 cm:150×200cm; 20:200 x 230 cm:200×230cm:140:140; 22:220 x 240 cm:220×240cm:160:90")
each("home-textiles", "low", """
    HTX-QSUM  | Cottonfield Summer Quilt {}               | 棉田里 夏凉被 {}      | 129
    HTX-QWIN  | Cottonfield Winter Quilt {}               | 棉田里 加厚冬被 {}    | 199
    HTX-QDOWN | Cottonfield 95% White Goose Down Quilt {} | 棉田里 95%白鹅绒被 {} | 1599
    HTX-QSILK | Cottonfield Mulberry Silk Quilt {}        | 棉田里 桑蚕丝被 {}    | 699
""", QUILTS)
each("home-textiles", "normal", """
    HTX-PIL  | Restwell {} Pillow                | 憩安 {}枕            | 79  |
        LTX:Latex:乳胶:200:120; MEM:Memory Foam:记忆棉:150; FIB:Soybean Fibre:大豆纤维:100:140;
        BUCK:Buckwheat:荞麦:90:60; DOWN:Feather:羽绒:220:50
    HTX-MAT  | Restwell Latex Mattress Topper {} | 憩安 乳胶床垫 {}     | 699 |
        90:0.9 x 2.0 m:0.9×2.0米; 150:1.5 x 2.0 m:1.5×2.0米:150; 180:1.8 x 2.0 m:1.8×2.0米:175
    HTX-MPRO | Cottonfield Mattress Protector {} | 棉田里 床笠保护罩 {} | 89  |
        150:1.5 x 2.0 m:1.5×2.0米; 180:1.8 x 2.0 m:1.8×2.0米:115:130
    HTX-CURT | Cottonfield Blackout Curtain {}   | 棉田里 遮光窗帘 {}   | 129 |
        GRY20:Grey 2.0 x 2.6 m:灰色 2.0×2.6米; GRY30:Grey 3.0 x 2.6 m:灰色 3.0×2.6米:145;
        BEI20:Beige 2.0 x 2.6 m:米色 2.0×2.6米; BEI30:Beige 3.0 x 2.6 m:米色 3.0×2.6米:145
    HTX-RUG  | Cottonfield {}                    | 棉田里 {}            | 39  |
        DIA:Diatomite Bath Mat 40 x 60 cm:硅藻泥吸水地垫 40×60cm:100:140; DOOR:Door Mat 50 x 80 cm:入户门垫 50×80cm:120;
        LIV:Living-Room Rug 160 x 230 cm:客厅地毯 160×230cm:900:30
""")
each("home-textiles", "normal", """
    HTX-SHEET | Cottonfield Cotton Fitted Sheet {} {} | 棉田里 纯棉床笠 {} {} | 129
    HTX-DUV   | Cottonfield Cotton Duvet Cover {} {}  | 棉田里 纯棉被套 {} {} | 169
""", colours("GRY CRM"), axis("15:for 1.5 m bed:1.5米床; 18:for 1.8 m bed:1.8米床:115:130"))
add("home-textiles", "HTX-PCASE", "Cottonfield Cotton Pillowcases, Set of 2, {}", "棉田里 纯棉枕套 一对 {}", 49, "high",
    colours("GRY CRM PNK LBL"))
each("home-textiles", "high", """
    HTX-TOWEL | Cottonfield Cotton Towel 34 x 74 cm {}       | 棉田里 纯棉毛巾 34×74cm {}     | 19.9
    HTX-BATH  | Cottonfield Cotton Bath Towel 70 x 140 cm {} | 棉田里 纯棉浴巾 70×140cm {}    | 69
    HTX-THROW | Cottonfield Flannel Throw 150 x 200 cm {}    | 棉田里 法兰绒毛毯 150×200cm {} | 59
""", colours("WHT GRY PNK LBL"))

each("kitchenware", "normal", """
    KWR-WOK   | Ironvale {} Wok                   | 铁谷 {}            | 129  |
        N30:Non-Stick 30 cm:不粘炒锅 30cm:100:120; N32:Non-Stick 32 cm:不粘炒锅 32cm:110:130;
        I32:Carbon Steel 32 cm:精铁炒锅 32cm:90; I34:Carbon Steel 34 cm:精铁炒锅 34cm:100;
        T32:Titanium 32 cm:钛炒锅 32cm:450:30
    KWR-FRY   | Ironvale Frying Pan {}            | 铁谷 平底煎锅 {}   | 79   |
        24:24 cm:24cm; 26:26 cm:26cm:112; 28:28 cm:28cm:125
    KWR-SOUP  | Ironvale Stainless Stockpot {}    | 铁谷 不锈钢汤锅 {} | 99   |
        20:20 cm:20cm; 24:24 cm:24cm:135; 28:28 cm:28cm:180:60
    KWR-CERA  | Ironvale Clay Casserole {}        | 铁谷 陶瓷砂锅 {}   | 69   |
        25:2.5 L:2.5升; 40:4 L:4升:140; 60:6 L:6升:190:60
    KWR-ENAM  | Ironvale Enamel Cast-Iron Pot {}  | 铁谷 珐琅铸铁锅 {} | 399  |
        RED22:Red 22 cm:红色 22cm; BLU22:Blue 22 cm:蓝色 22cm; WHT24:White 24 cm:白色 24cm:120
    KWR-KNF   | Ironvale {}                       | 铁谷 {}            | 59   |
        SLC:Stainless Slicing Cleaver:不锈钢切片刀:100:130; BONE:Bone Chopper:砍骨刀:130:70;
        SET6:6-Piece Knife Set:六件套刀具:340; FRUIT:Paring Knife:水果刀:30; SCIS:Kitchen Scissors:厨房剪刀:50
    KWR-BRD   | Ironvale Cutting Board {}         | 铁谷 砧板 {}       | 49   |
        BAM:Bamboo 38 x 28 cm:竹制 38×28cm; WOOD:Ironwood 40 cm Round:铁木圆形 40cm:240;
        DBL:Double-Sided Steel:双面不锈钢:150
    KWR-BOWL  | Claymoon Tableware {}             | 陶月 餐具 {}       | 39   |
        4B:4 Rice Bowls:4只饭碗:100:130; 16:16-Piece Set:16件套:330; 32:32-Piece Set:32件套:600:50;
        6P:6 Dinner Plates:6只餐盘:190
    KWR-CHOP  | Claymoon Chopsticks {}            | 陶月 筷子 {}       | 19.9 |
        A10:Alloy 10 pairs:合金筷 10双:100:140; W10:Wenge Wood 10 pairs:鸡翅木筷 10双:160;
        B20:Bamboo 20 pairs:竹筷 20双:75
    KWR-FRESH | Claymoon Glass Food Containers {} | 陶月 玻璃保鲜盒 {} | 39   |
        2:2 pieces:2件套; 5:5 pieces:5件套:220; DIV2:Divided 2 pieces:分隔款 2件套:130
    KWR-TEAS  | Claymoon {}                       | 陶月 {}            | 99   |
        GAI:Gaiwan 150 ml:白瓷盖碗 150ml:70; SET:Kung Fu Tea Set 8 pieces:功夫茶具8件套:200:120;
        TRAV:Travel Tea Set:便携旅行茶具:130; YIX:Purple Clay Teapot 200 ml:紫砂壶 200ml:380:30;
        PITCH:Glass Tea Pitcher 300 ml:玻璃公道杯 300ml:35
    KWR-CUP   | Claymoon {}                       | 陶月 {}            | 29   |
        MUG:Ceramic Mug 350 ml:陶瓷马克杯 350ml; GLS6:Drinking Glasses 6 pieces:玻璃水杯6只装:140;
        COF:Coffee Cup and Saucer:咖啡杯碟套装:150; WINE2:Wine Glasses 2 pieces:红酒杯2只装:180;
        BAI6:Baijiu Glasses 6 pieces:白酒杯6只装:120
""")
each("kitchenware", "high", """
    KWR-FLSK | Snowflask Vacuum Flask {} {} | 雪壶 保温杯 {} {} | 79 |
        350:350 ml:350ml; 500:500 ml:500ml:115:140; 750:750 ml:750ml:145:60
""", colours("BLK WHT PNK GRN"))
each("kitchenware", "normal", """
    KWR-FJAR | Snowflask Food Jar {} {}            | 雪壶 焖烧罐 {} {}   | 119 | 500:500 ml:500ml; 750:750 ml:750ml:120
    KWR-LBOX | Snowflask Insulated Lunch Box {} {} | 雪壶 保温饭盒 {} {} | 139 |
        2:Two-Tier:双层:100:120; 3:Three-Tier:三层:125
""", colours("CRM BLU GRY"))
each("kitchenware", "normal", """
    KWR-KFLK | Snowflask Kids Straw Flask 480 ml {} | 雪壶 儿童吸管保温杯 480ml {} | 89
    KWR-TUMB | Snowflask Coffee Tumbler 380 ml {}   | 雪壶 咖啡随行杯 380ml {}     | 69
    KWR-POT  | Snowflask Vacuum Jug 2 L {}          | 雪壶 保温壶 2升 {}           | 119
""", colours("BLU PNK CRM"))

# Food and drink -----------------------------------------------------------------------------------------------

each("food", "high", """
    FOO-ALM  | Nutbarn Almonds {}            | 果仁仓 巴旦木 {}   | 29.9 |
        250:250 g:250g; 500:500 g:500g:185; 1K:1 kg:1kg:350:60
    FOO-CSH  | Nutbarn Cashews {}            | 果仁仓 腰果 {}     | 32.9 |
        OR250:Original 250 g:原味 250g; CH250:Charcoal-Roasted 250 g:炭烧 250g; OR500:Original 500 g:原味 500g:185;
        CH500:Charcoal-Roasted 500 g:炭烧 500g:185
    FOO-WAL  | Nutbarn Thin-Shell Walnuts {} | 果仁仓 薄皮核桃 {} | 29.9 | 500:500 g:500g; 1K:1 kg:1kg:185
    FOO-PIS  | Nutbarn Pistachios {}         | 果仁仓 开心果 {}   | 45   |
        250:250 g:250g; 500:500 g:500g:185; 1K:1 kg:1kg:350:60
    FOO-MAC  | Nutbarn Macadamias {}         | 果仁仓 夏威夷果 {} | 36   |
        CR250:Cream 250 g:奶油味 250g; CR500:Cream 500 g:奶油味 500g:185; CR1K:Cream 1 kg:奶油味 1kg:350:60
    FOO-SUN  | Nutbarn Sunflower Seeds {}    | 果仁仓 瓜子 {}     | 12.8 |
        5S200:Five-Spice 200 g:五香 200g; CAR200:Caramel 200 g:焦糖 200g; PEC200:Pecan 200 g:山核桃味 200g;
        5S500:Five-Spice 500 g:五香 500g:220
    FOO-PNT  | Nutbarn Peanuts {}            | 果仁仓 花生 {}     | 12.8 |
        GAR250:Garlic 250 g:蒜香 250g; SPI250:Spicy 250 g:麻辣 250g; BOI500:Salted Boiled 500 g:盐水 500g:150
    FOO-DMIX | Nutbarn Daily Mixed Nuts {}   | 果仁仓 每日坚果 {} | 59   |
        7:7 bags 175 g:7袋 175g:60; 30:30 bags 750 g:30袋 750g:180:140; GIFT:Gift Box 1.2 kg:礼盒 1.2kg:250:60
    FOO-MNG  | Hilltop Dried Mango {}        | 山顶集 芒果干 {}   | 15.8 | 100:100 g:100g:100:130; 500:500 g:500g:400
    FOO-DRF  | Hilltop {}                    | 山顶集 {}          | 16.8 |
        STR:Dried Strawberries 100 g:草莓干 100g; APR:Dried Apricots 200 g:杏干 200g;
        PLUM:Preserved Plums 150 g:话梅 150g; HAW:Hawthorn Rolls 250 g:山楂卷 250g; JUJ:Red Dates 500 g:红枣 500g:160;
        RAI:Raisins 500 g:葡萄干 500g:150; PERS:Dried Persimmons 500 g:柿饼 500g:180;
        BANA:Banana Chips 250 g:香蕉片 250g:80; PEAC:Dried Yellow Peaches 150 g:黄桃干 150g:100;
        KIWI:Dried Kiwifruit 150 g:猕猴桃干 150g:100; CRAN:Dried Cranberries 250 g:蔓越莓干 250g:130;
        LONG:Dried Longans 500 g:桂圆干 500g:220; SWPO:Dried Sweet Potato 500 g:红薯干 500g:120;
        JUJC:Crispy Red Dates 250 g:香酥脆枣 250g:110
    FOO-BEEF | Hilltop Beef Jerky {}         | 山顶集 牛肉干 {}   | 39   |
        OR100:Original 100 g:原味 100g; SP100:Spicy 100 g:麻辣 100g:100:120; 5S500:Five-Spice 500 g:五香 500g:430:50
    FOO-SNK  | Hilltop {}                    | 山顶集 {}          | 14.8 |
        PORK:Pork Floss 150 g:猪肉松 150g:170; DUCK:Spicy Duck Necks 200 g:麻辣鸭脖 200g:180:130;
        TOFU:Dried Tofu 300 g:香辣豆干 300g:110; FISH:Crispy Small Fish 150 g:香酥小鱼干 150g:120;
        SEAW:Crispy Seaweed 40 g:脆海苔 40g:100; QUAIL:Braised Quail Eggs 300 g:卤味鹌鹑蛋 300g:120;
        LATI:Spicy Gluten Strips 200 g:辣条 200g:60:160; KONJ:Spicy Konjac Strips 200 g:魔芋爽 200g:80:140;
        CHKF:Braised Chicken Feet 300 g:虎皮凤爪 300g:150:140; BAMB:Spicy Bamboo Shoots 250 g:香辣笋尖 250g:90;
        GLUT:Rice Crackers 400 g:雪米饼 400g:110; POPC:Caramel Popcorn 200 g:焦糖爆米花 200g:95;
        CURD:Cheese Cubes 100 g:奶酪块 100g:170; PUMP:Salted Pumpkin Seeds 250 g:盐焗南瓜子 250g:110
    FOO-CRSP | Hilltop Potato Crisps {}      | 山顶集 薯片 {}     | 7.9  |
        OR:Original 104 g:原味 104g; TOM:Tomato 104 g:番茄味 104g; CUC:Cucumber 104 g:黄瓜味 104g;
        BBQ:Barbecue 104 g:烧烤味 104g; BOX:Mixed Box 12 x 60 g:混合整箱 60g×12袋:620:50;
        LIM:Lime 104 g:青柠味 104g:100:70; CRAY:Spicy Crayfish 104 g:麻辣小龙虾味 104g:105
    FOO-BISC | Goldengrain {}                | 金穗谷 {}          | 16.8 |
        SODA:Soda Crackers 500 g:苏打饼干 500g; OAT:Oat Cookies 400 g:燕麦曲奇 400g:130;
        WAF:Cocoa Wafers 300 g:可可威化 300g; SAND:Peanut Sandwich Biscuits 400 g:花生夹心饼干 400g:110;
        DIG:Wholewheat Digestives 500 g:全麦消化饼干 500g:120; EGG:Egg Rolls 300 g:鸡蛋卷 300g:150;
        PINE:Pineapple Cakes 300 g:凤梨酥 300g:190; COCO:Coconut Crisps 200 g:椰子脆片 200g:100;
        SHRT:Butter Shortbread 300 g:黄油曲奇 300g:160; FING:Finger Biscuits 250 g:手指饼干 250g:80;
        TARO:Taro Pastries 300 g:芋泥酥 300g:140; WALN:Walnut Shortbread 400 g:桃酥 400g:100
    FOO-CAKE | Goldengrain {}                | 金穗谷 {}          | 26.8 |
        TOAST:Wholewheat Toast 1 kg:全麦吐司 1kg; SPNG:Sponge Cakes 1 kg:鸡蛋糕 1kg:105;
        YOLK:Egg Yolk Pastries 6 pieces:蛋黄酥 6枚:120; MOCHI:Mochi 500 g:麻薯 500g:90;
        SWISS:Swiss Rolls 16 pieces:瑞士卷 16枚:130; FLOSS:Meat Floss Buns 800 g:肉松小贝 800g:140
    FOO-CHOC | Cocoabell Chocolate {}        | 可可铃 巧克力 {}   | 19.8 |
        MILK:Milk 100 g:牛奶 100g; 72:72% Dark 100 g:72%黑巧 100g:115; 85:85% Dark 100 g:85%黑巧 100g:120;
        HZL:Hazelnut 150 g:榛子 150g:150; GIFT:Assorted Gift Box 48 pieces:什锦礼盒 48粒:640:40
    FOO-SWT  | Cocoabell {}                  | 可可铃 {}          | 12.8 |
        GUM:Fruit Gummies 200 g:果汁软糖 200g; MILK:Milk Candy 500 g:牛奶糖 500g:190; MINT:Mints 40 g:薄荷糖 40g:70;
        LOL:Lollipops 30 pieces:棒棒糖 30支:130; NOUG:Peanut Nougat 500 g:花生牛轧糖 500g:220;
        WED:Wedding Sweets 1 kg:喜糖散装 1kg:290
""")
each("food", "staple", """
    FOO-RICE | Goldengrain {}           | 金穗谷 {}        | 36   |
        NE5:Northeast Rice 5 kg:东北大米 5kg:100:150; NE10:Northeast Rice 10 kg:东北大米 10kg:190;
        LG5:Long-Grain Fragrant Rice 5 kg:长粒香米 5kg:115:120; GLU25:Glutinous Rice 2.5 kg:糯米 2.5kg:75:50;
        BRN25:Brown Rice 2.5 kg:糙米 2.5kg:85:50; MIL25:Yellow Millet 2.5 kg:黄小米 2.5kg:100;
        MIX25:Ten-Grain Mix 2.5 kg:十谷杂粮 2.5kg:110; MUNG25:Mung Beans 2.5 kg:绿豆 2.5kg:110:60;
        RED25:Red Beans 2.5 kg:红豆 2.5kg:120:60; SOYB25:Soybeans 2.5 kg:黄豆 2.5kg:70;
        BLK25:Black Rice 2.5 kg:黑米 2.5kg:100:60; PEAN25:Raw Peanuts 2.5 kg:生花生米 2.5kg:120:60
    FOO-FLR  | Goldengrain {}           | 金穗谷 {}        | 22.8 |
        AP5:All-Purpose Flour 5 kg:多用途面粉 5kg; HG25:Bread Flour 2.5 kg:高筋面粉 2.5kg;
        LG25:Cake Flour 2.5 kg:低筋面粉 2.5kg:95:60
    FOO-OIL  | Goldengrain {}           | 金穗谷 {}        | 69   |
        PNT5:Peanut Oil 5 L:花生油 5L:180; RAP5:Rapeseed Oil 5 L:菜籽油 5L:100; COR5:Corn Oil 5 L:玉米油 5L:100;
        SUN5:Sunflower Oil 5 L:葵花籽油 5L:110; OLV750:Extra Virgin Olive Oil 750 ml:特级初榨橄榄油 750ml:130;
        SES450:Sesame Oil 450 ml:芝麻香油 450ml:45
    FOO-SAUC | Jarhouse {}              | 坛屋 {}          | 11.8 |
        LSOY:Light Soy Sauce 500 ml:生抽 500ml:100:150; DSOY:Dark Soy Sauce 500 ml:老抽 500ml;
        OYST:Oyster Sauce 700 g:蚝油 700g; VIN:Aged Vinegar 500 ml:陈醋 500ml:90;
        COOK:Cooking Wine 500 ml:料酒 500ml:70; BEAN:Broad Bean Chilli Paste 500 g:豆瓣酱 500g:120;
        CHIL:Chilli Crisp Oil 280 g:油泼辣子 280g:120:130; SWT:Sweet Bean Sauce 300 g:甜面酱 300g:75;
        TOM:Ketchup 500 g:番茄酱 500g:100; PEAN:Peanut Butter 340 g:花生酱 340g:160;
        SESP:Sesame Paste 300 g:芝麻酱 300g:170; XO:XO Sauce 220 g:XO酱 220g:400:40;
        HOIS:Hoisin Sauce 500 g:海鲜酱 500g:110; FERM:Fermented Bean Curd 340 g:腐乳 340g:90;
        SHAC:Satay Sauce 250 g:沙茶酱 250g:130; STRJ:Strawberry Jam 340 g:草莓果酱 340g:150
    FOO-SPIC | Jarhouse {}              | 坛屋 {}          | 8.8  |
        SALT:Sea Salt 400 g:海盐 400g:60; SUG:White Sugar 1 kg:白砂糖 1kg:110; BRN:Brown Sugar 500 g:红糖 500g:150;
        PEP:White Pepper 50 g:白胡椒粉 50g:120; SICH:Sichuan Pepper 100 g:花椒 100g:200;
        ANIS:Star Anise 100 g:八角 100g:180; CHI:Dried Chillies 100 g:干辣椒 100g:110;
        STAR:Potato Starch 400 g:土豆淀粉 400g:80; CUM:Ground Cumin 60 g:孜然粉 60g:110;
        FIVE:Five-Spice Powder 50 g:五香粉 50g:90; CHP:Chicken Bouillon 200 g:鸡精 200g:120:130;
        MSG:MSG 400 g:味精 400g:110; BAYL:Bay Leaves 50 g:香叶 50g:80; CINN:Cinnamon Bark 100 g:桂皮 100g:120;
        ROCK:Rock Sugar 500 g:冰糖 500g:110; CURR:Curry Cubes 230 g:咖喱块 230g:180
    FOO-HPOT | Jarhouse Hot Pot Base {} | 坛屋 火锅底料 {} | 15.8 |
        BEEF:Spicy Beef Tallow 400 g:麻辣牛油 400g:120:150; TOM:Tomato 300 g:番茄 300g; MUSH:Mushroom 300 g:菌菇 300g;
        CLEAR:Rapeseed Oil 300 g:清油 300g
    FOO-NOOD | Goldengrain {}           | 金穗谷 {}        | 12.8 |
        DRY:Dried Wheat Noodles 1 kg:挂面 1kg:80:140; EGG:Egg Noodles 1 kg:鸡蛋面 1kg:110;
        BUCK:Buckwheat Noodles 500 g:荞麦面 500g:100; RICE:Rice Vermicelli 1 kg:米粉 1kg:110;
        SPA:Spaghetti 500 g:意大利面 500g:90; GLS:Sweet Potato Glass Noodles 500 g:红薯粉条 500g:110;
        UDON:Udon 5 x 200 g:乌冬面 200g×5包:170; RAMN:Fresh Ramen 6 portions:鲜拉面 6人份:180;
        RICEN:Wide Rice Noodles 1 kg:河粉 1kg:120
    FOO-INST | Goldengrain {}           | 金穗谷 {}        | 19.8 |
        BEEF5:Braised Beef Instant Noodles 5 packs:红烧牛肉面 5连包:70:150;
        SOUR6:Hot and Sour Glass Noodles 6 cups:酸辣粉 6桶:150; SNAIL3:River Snail Noodles 3 bags:螺蛳粉 3袋:150:130;
        CHONG4:Chongqing Noodles 4 boxes:重庆小面 4盒:130; SELF:Self-Heating Hot Pot 400 g:自热火锅 400g:90;
        SELFR:Self-Heating Rice 3 boxes:自热米饭 3盒:190; TOMB5:Tomato Beef Instant Noodles 5 packs:番茄牛腩面 5连包:75;
        SEAF5:Seafood Instant Noodles 5 packs:海鲜面 5连包:70; CONGE6:Instant Congee 6 cups:速食粥 6杯:150;
        RICEC6:Yunnan Rice Noodles 6 cups:过桥米线 6桶:170
    FOO-BKF  | Goldengrain {}           | 金穗谷 {}        | 24.8 |
        OAT1K:Rolled Oats 1 kg:燕麦片 1kg:80:140; FRU500:Fruit Granola 500 g:水果麦片 500g:120;
        SES600:Black Sesame Powder 600 g:黑芝麻糊 600g:130; LOT600:Lotus Root Starch 600 g:藕粉 600g:140;
        SOY20:Soy Milk Powder 20 sachets:豆浆粉 20条:110
    FOO-CAN  | Jarhouse {}              | 坛屋 {}          | 9.9  |
        PCH:Canned Yellow Peaches 425 g:黄桃罐头 425g:100:140; LUN:Luncheon Meat 340 g:午餐肉 340g:180;
        DACE:Canned Dace with Black Beans 227 g:豆豉鲮鱼 227g:190;
        CONG:Eight-Treasure Porridge 6 x 360 g:八宝粥 360g×6罐:280; TUNA:Tuna in Water 180 g:水浸金枪鱼 180g:170;
        PICK:Pickled Mustard 10 x 70 g:榨菜 70g×10袋:190; HON:Acacia Honey 500 g:洋槐蜂蜜 500g:480;
        PINE:Canned Pineapple 425 g:菠萝罐头 425g:90; LYCH:Canned Lychees 425 g:荔枝罐头 425g:130;
        CORN:Sweetcorn 3 x 200 g:甜玉米粒 200g×3罐:130; BEAN:Tomato Baked Beans 415 g:茄汁焗豆 415g:110
""")
each("food", "normal", """
    FOO-MOON  | Osmanthus Hall Mooncake Gift Box {} | 桂堂 月饼礼盒 {} | 128 |
        LOT:Lotus Seed and Yolk 720 g:蛋黄莲蓉 720g; CUST:Lava Custard 480 g:流心奶黄 480g:110:120;
        5N:Five Nuts 720 g:五仁 720g:100:50; MIX:Assorted 960 g:什锦 960g:150
    FOO-ZONG  | Osmanthus Hall Zongzi {}            | 桂堂 粽子 {}     | 39  |
        MEAT:Pork 10 x 100 g:鲜肉粽 100g×10只; YOLK:Pork and Yolk 10 x 100 g:蛋黄鲜肉粽 100g×10只:120;
        DATE:Red Date 10 x 100 g:蜜枣粽 100g×10只:90; GIFT:Assorted Gift Box 1.4 kg:什锦礼盒 1.4kg:300:60
    FOO-DELI  | Hilltop {}                          | 山顶集 {}        | 69  |
        SAUS:Cantonese Sausage 500 g:广式腊肠 500g; BACON:Hunan Smoked Pork 500 g:湖南腊肉 500g:115;
        HAM:Jinhua Ham Slices 400 g:金华火腿切片 400g:190:50; DUCK:Salted Duck 1 kg:盐水鸭 1kg:110
    FOO-TONIC | Hilltop {}                          | 山顶集 {}        | 59  |
        GOJI:Ningxia Goji Berries 500 g:宁夏枸杞 500g:110:140; TREM:White Fungus 150 g:银耳 150g:80;
        LOTS:Lotus Seeds 500 g:莲子 500g:110; SHII:Dried Shiitake 250 g:干香菇 250g:100;
        BLKF:Black Fungus 250 g:黑木耳 250g:95; BIRD:Edible Bird's Nest 50 g:燕窝干盏 50g:2300:4;
        GEL:Ejiao Cakes 500 g:阿胶糕 500g:270:40
""")

each("fresh-food", "normal", """
    FRS-FRUIT | Hilltop {}            | 山顶集 {}   | 29.8 |
        APL25:Fuji Apples 2.5 kg:红富士苹果 2.5kg:110:140; APL5:Fuji Apples 5 kg:红富士苹果 5kg:195;
        ORG5:Navel Oranges 5 kg:脐橙 5kg:150:130; MAN25:Mandarins 2.5 kg:沙糖桔 2.5kg:100;
        KIWI12:Green Kiwifruit 12 pieces:绿心猕猴桃 12枚:110; MANGO:Mangoes 2.5 kg:大青芒 2.5kg:100;
        DRAG:Red Dragon Fruit 2.5 kg:红心火龙果 2.5kg:130; BLUE4:Blueberries 4 x 125 g:蓝莓 125g×4盒:200;
        CHER1:Cherries 1 kg:车厘子 1kg:330:60; DUR:Durian 2 to 2.5 kg:金枕榴莲 2-2.5kg:530:30;
        AVO6:Avocados 6 pieces:牛油果 6枚:110; GRP15:Muscat Grapes 1.5 kg:阳光玫瑰葡萄 1.5kg:230;
        POM25:Pomelo 2 pieces:红心柚子 2枚:90; LEM10:Lemons 10 pieces:黄柠檬 10枚:70;
        CORN10:Sweet Corn 10 pieces:水果玉米 10根:100; SWPO25:Sweet Potatoes 2.5 kg:蜜薯 2.5kg:80
    FRS-MEAT  | Grassland Farm {}     | 草甸牧场 {} | 59   |
        STK10:Sirloin Steaks 10 x 130 g:西冷牛排 130g×10片:270; BRSK1:Beef Brisket 1 kg:牛腩 1kg:140;
        SHNK1:Beef Shank 1 kg:牛腱子 1kg:150; BROLL:Sliced Beef for Hot Pot 1 kg:火锅肥牛卷 1kg:130:130;
        LAMB1:Sliced Lamb for Hot Pot 1 kg:火锅羊肉卷 1kg:140:120; CHEST:Chicken Breasts 2 kg:鸡胸肉 2kg:80;
        WING1:Chicken Wings 1 kg:鸡翅中 1kg:100:120; RIB1:Pork Ribs 1 kg:猪肋排 1kg:110;
        EGG30:Fresh Eggs 30 pieces:鲜鸡蛋 30枚:55:150; EGG40:Free-Range Eggs 40 pieces:散养土鸡蛋 40枚:120
    FRS-SEA   | Bluecove {}           | 蓝湾 {}     | 79   |
        SHR1:White Prawns 1.5 kg:白虾 1.5kg:125:130; SALM:Salmon Fillets 400 g:三文鱼块 400g:110;
        COD:Cod Fillets 500 g:鳕鱼块 500g:90; SCAL:Scallops on Half Shell 12 pieces:蒜蓉粉丝扇贝 12只:75;
        CRAB8:Hairy Crabs 8 pieces:大闸蟹 8只:350:60; LOB4:Boston Lobsters 2 pieces:波士顿龙虾 2只:280:30;
        OYS5:Oysters 2.5 kg:鲜活生蚝 2.5kg:75; CRAY:Spicy Crayfish 1.5 kg:麻辣小龙虾 1.5kg:125;
        ABAL10:Abalone 10 pieces:鲜活鲍鱼 10只:130
    FRS-FROZ  | Warmhearth Kitchen {} | 暖灶小厨 {} | 24.8 |
        DMPK:Pork and Chive Dumplings 1 kg:猪肉韭菜水饺 1kg:100:140; DMSH:Prawn Dumplings 1 kg:虾仁水饺 1kg:170;
        WON:Pork Wontons 600 g:鲜肉馄饨 600g:90; TANG:Black Sesame Rice Balls 500 g:黑芝麻汤圆 500g:75;
        BAO:Steamed Pork Buns 12 pieces:鲜肉包 12只:105; XLB:Soup Dumplings 24 pieces:小笼包 24只:110;
        SCAL:Scallion Pancakes 20 pieces:葱油饼 20片:105; DOUGH:Fried Dough Sticks 15 pieces:油条 15根:100;
        PIZZA:Bacon Pizza 3 x 180 g:培根披萨 180g×3个:160; CHIP:French Fries 2 kg:薯条 2kg:140;
        EGGT:Egg Tarts 30 pieces:蛋挞 30枚:120
    FRS-ICE   | Frostbite {}          | 霜咬 {}     | 39   |
        VAN:Vanilla Ice Cream 6 cups:香草冰淇淋 6杯; MATC:Matcha Ice Cream 6 cups:抹茶冰淇淋 6杯;
        CHOC:Chocolate Bars 10 pieces:巧克力脆皮雪糕 10支:120; MUNG:Mung Bean Ice Lollies 20 pieces:绿豆冰棍 20支:90
""")

each("beverages", "staple", """
    BEV-WTR  | Clearspring {}    | 清泉 {}     | 24.8 |
        24:Drinking Water 24 x 550 ml:饮用水 550ml×24瓶:100:150; 12L:Drinking Water 12 x 1.5 L:饮用水 1.5L×12瓶:120;
        4X5:Drinking Water 4 x 5 L:饮用水 5L×4桶:130; SPK:Sparkling Water 15 x 500 ml:气泡水 500ml×15瓶:200:50
    BEV-TEAD | Misty Ridge {}    | 雾岭 {}     | 36   |
        GREEN:Unsweetened Green Tea 15 x 500 ml:无糖绿茶 500ml×15瓶;
        OOL:Unsweetened Oolong Tea 15 x 500 ml:无糖乌龙茶 500ml×15瓶:105:120;
        LEM:Lemon Black Tea 15 x 500 ml:柠檬红茶 500ml×15瓶:90;
        JAS:Jasmine Honey Tea 15 x 500 ml:茉莉蜜茶 500ml×15瓶:90
    BEV-JUI  | Orchardlane {}    | 果巷 {}     | 39   |
        ORG:NFC Orange Juice 6 x 300 ml:NFC橙汁 300ml×6瓶:110; APL:NFC Apple Juice 6 x 300 ml:NFC苹果汁 300ml×6瓶;
        COCO:Coconut Water 12 x 330 ml:椰子水 330ml×12盒:180; PLUM:Sour Plum Drink 12 x 450 ml:酸梅汤 450ml×12瓶:120;
        GRAP:Grape Juice 4 x 1 L:葡萄汁 1L×4盒:120
    BEV-SODA | Orchardlane {}    | 果巷 {}     | 32   |
        COLA:Cola 24 x 330 ml:可乐 330ml×24罐:130:140; COLAZ:Sugar-Free Cola 24 x 330 ml:无糖可乐 330ml×24罐:135:120;
        LEM:Lemon Soda 24 x 330 ml:柠檬味汽水 330ml×24罐:125; SPR:Electrolyte Drink 15 x 500 ml:电解质水 500ml×15瓶:160;
        ENE:Energy Drink 24 x 250 ml:能量饮料 250ml×24罐:260
    BEV-MILK | Grassland Farm {} | 草甸牧场 {} | 39.8 |
        WHO:Whole Milk 12 x 250 ml:全脂纯牛奶 250ml×12盒:100:150; SKI:Skimmed Milk 12 x 250 ml:脱脂纯牛奶 250ml×12盒;
        ORG:Organic Milk 12 x 250 ml:有机纯牛奶 250ml×12盒:160; KID:Kids Milk 15 x 190 ml:儿童牛奶 190ml×15盒:150;
        YOG:Plain Yogurt 12 x 200 g:原味酸奶 200g×12盒:130; PWD:Whole Milk Powder 900 g:全脂奶粉 900g:210;
        CHE:Cheese Sticks 20 pieces:奶酪棒 20支:90
    BEV-PLNT | Goldengrain {}    | 金穗谷 {}   | 36   |
        SOY:Soy Milk 16 x 250 ml:豆奶 250ml×16盒; OAT:Oat Milk 6 x 1 L:燕麦奶 1L×6盒:190;
        WAL:Walnut Milk 12 x 240 ml:核桃乳 240ml×12罐:130; ALM:Almond Milk 12 x 240 ml:杏仁露 240ml×12罐:125
""")
each("beverages", "high", """
    BEV-COFI | Roastery Lane Instant Coffee {}  | 烘焙巷 速溶咖啡 {} | 39 |
        BLK40:Black 40 sachets:黑咖啡 40条; 3IN1:3-in-1 50 sachets:三合一 50条:120;
        FD24:Freeze-Dried 24 capsules:冻干 24颗:180; LAT20:Coconut Latte 20 sachets:生椰拿铁 20条:130
    BEV-COFD | Roastery Lane Drip Bag Coffee {} | 烘焙巷 挂耳咖啡 {} | 39 |
        YUN10:Yunnan 10 bags:云南 10片; ETH10:Ethiopia 10 bags:埃塞俄比亚 10片:125;
        MIX30:Assorted 30 bags:混合 30片:240
    BEV-COFB | Roastery Lane Coffee Beans {}    | 烘焙巷 咖啡豆 {}   | 49 |
        ESP250:Espresso Blend 250 g:意式拼配 250g; ESP1K:Espresso Blend 1 kg:意式拼配 1kg:320:60;
        YUN250:Yunnan 250 g:云南 250g:120; ETH250:Ethiopia 250 g:埃塞俄比亚 250g:150
    BEV-COFR | Roastery Lane Ready-to-Drink {}  | 烘焙巷 即饮{}      | 59 |
        LAT:Latte 15 x 270 ml:拿铁 270ml×15瓶; BLK:Black Coffee 12 x 300 ml:黑咖啡 300ml×12瓶
""")

TEA_TINS = axis(
    "100:100 g tin:100g 罐装:100:110; 250:250 g tin:250g 罐装:225:130; 500:500 g gift box:500g 礼盒装:440:50"
)
each("tea", "normal", """
    TEA-LJ   | Misty Ridge Longjing Green Tea {} {}       | 雾岭 龙井绿茶 {} {}     | 88  |
        S:Superior Grade:特级:220:60; 1:First Grade:一级:100:120
    TEA-BLC  | Misty Ridge Biluochun Green Tea {} {}      | 雾岭 碧螺春绿茶 {} {}   | 78  |
        S:Superior Grade:特级:220:60; 1:First Grade:一级:100:120
    TEA-MJ   | Misty Ridge Maojian Green Tea {} {}        | 雾岭 毛尖绿茶 {} {}     | 58  |
        S:Superior Grade:特级:200:60; 1:First Grade:一级:100:120
    TEA-TGY  | Misty Ridge Tieguanyin Oolong {} {}        | 雾岭 铁观音乌龙茶 {} {} | 58  |
        QX:Light Aroma:清香型:100:120; NX:Roasted:浓香型:110; CX:Aged:陈香型:180:40
    TEA-DHP  | Misty Ridge Dahongpao Rock Tea {} {}       | 雾岭 大红袍岩茶 {} {}   | 78  |
        ZH:Medium Roast:中火; ZU:Full Roast:足火:115
    TEA-RG   | Misty Ridge Rougui Rock Tea {}             | 雾岭 肉桂岩茶 {}        | 128
    TEA-DC   | Misty Ridge Phoenix Dancong Oolong {} {}   | 雾岭 凤凰单丛 {} {}     | 88  |
        YL:Magnolia Aroma:玉兰香; ML:Honey Orchid Aroma:蜜兰香:105:120
    TEA-JJM  | Misty Ridge Jinjunmei Black Tea {}         | 雾岭 金骏眉红茶 {}      | 138
    TEA-LSS  | Misty Ridge Lapsang Souchong {} {}         | 雾岭 正山小种红茶 {} {} | 68  |
        FR:Fruity Unsmoked:果香型; SM:Pine-Smoked:松烟香:105:60
    TEA-DH   | Misty Ridge Yunnan Black Tea {}            | 雾岭 滇红茶 {}          | 48
    TEA-QM   | Misty Ridge Keemun Black Tea {}            | 雾岭 祁门红茶 {}        | 68
    TEA-JAS  | Misty Ridge Jasmine Tea {} {}              | 雾岭 茉莉花茶 {} {}     | 48  |
        PRL:Dragon Pearls:龙珠:160; SNW:Snow Buds:飘雪:120; STD:Classic:浓香:100:120
    TEA-BHYZ | Misty Ridge Silver Needle White Tea {}     | 雾岭 白毫银针白茶 {}    | 238
    TEA-BMD  | Misty Ridge White Peony White Tea {}       | 雾岭 白牡丹白茶 {}      | 98
    TEA-TPHK | Misty Ridge Taiping Houkui Green Tea {}    | 雾岭 太平猴魁绿茶 {}    | 168
    TEA-LAGP | Misty Ridge Lu'an Guapian Green Tea {}     | 雾岭 六安瓜片绿茶 {}    | 98
    TEA-HSMF | Misty Ridge Huangshan Maofeng Green Tea {} | 雾岭 黄山毛峰绿茶 {}    | 68
    TEA-YW   | Misty Ridge Yunwu Green Tea {}             | 雾岭 高山云雾绿茶 {}    | 58
    TEA-DDWL | Misty Ridge Dongding Oolong {}             | 雾岭 冻顶乌龙茶 {}      | 88
    TEA-AJBC | Misty Ridge Anji White-Leaf Green Tea {}   | 雾岭 安吉白茶 {}        | 118
""", TEA_TINS)
each("tea", "low", """
    TEA-PUR | Misty Ridge Ripe Pu'er Cake {} {}        | 雾岭 普洱熟茶饼 {} {} | 88 |
        21:2021 Harvest:2021年; 18:2018 Harvest:2018年:150:70; 15:2015 Harvest:2015年:240:30
    TEA-PUS | Misty Ridge Raw Pu'er Cake {} {}         | 雾岭 普洱生茶饼 {} {} | 98 |
        21:2021 Harvest:2021年; 18:2018 Harvest:2018年:160:70; 15:2015 Harvest:2015年:270:30
    TEA-SMC | Misty Ridge Shoumei White Tea Cake {} {} | 雾岭 寿眉白茶饼 {} {} | 78 |
        21:2021 Harvest:2021年; 19:2019 Harvest:2019年:140:70
""", axis("1:357 g:357g; 7:Bundle of 7 x 357 g:357g×7饼 整提:640:20"))
each("tea", "high", """
    TEA-BAG  | Misty Ridge Tea Bags {}             | 雾岭 袋泡茶 {}       | 26.8 |
        GRN:Green Tea 50 bags:绿茶 50包; BLK:Black Tea 50 bags:红茶 50包;
        OOL:Peach Oolong 30 bags:白桃乌龙 30包:110:140; BAR:Roasted Barley 40 bags:大麦茶 40包:80;
        EARL:Bergamot Black Tea 30 bags:佛手柑红茶 30包:110
    TEA-HERB | Misty Ridge {}                      | 雾岭 {}              | 29.8 |
        CHRY:Chrysanthemum Tea 50 g:胎菊 50g; ROSE:Rosebuds 100 g:玫瑰花茶 100g;
        CASS:Cassia Seed Tea 250 g:决明子茶 250g:80; TANG:Aged Tangerine Peel 100 g:新会陈皮 100g:230;
        WINM:Winter Melon and Lotus Leaf Tea 30 bags:冬瓜荷叶茶 30包; HONEY:Honeysuckle 50 g:金银花 50g:110;
        PBAI:Dried Lily Bulbs 250 g:百合干 250g:120
    TEA-LAT  | Misty Ridge {}                      | 雾岭 {}              | 29.8 |
        MATC:Matcha Powder 100 g:抹茶粉 100g:120; MILK:Milk Tea 12 cups:杯装奶茶 12杯:150;
        GING:Brown Sugar Ginger Tea 20 sachets:红糖姜茶 20条
    TEA-TMP  | Misty Ridge Mini Tangerine Pu'er {} | 雾岭 小青柑普洱茶 {} | 68   |
        250:250 g tin:250g 罐装; 500:500 g gift box:500g 礼盒装:185:60
""")

BOTTLES = axis(
    "1:500 ml Single Bottle:500ml 单瓶装:100:120; 2:2 x 500 ml Gift Box:500ml×2 礼盒装:205:60;"
    "6:6 x 500 ml Case:500ml×6 整箱装:585:40"
)
each("liquor", "normal", """
    LIQ-RC15 | Redcliff Reserve 15-Year Sauce-Aroma Baijiu 53% vol {} | 赤岩 15年珍藏 酱香型白酒 53度 {} | 1099
    LIQ-RC8  | Redcliff 8-Year Sauce-Aroma Baijiu 53% vol {}          | 赤岩 8年陈酿 酱香型白酒 53度 {}  | 398
    LIQ-RC3  | Redcliff Classic Sauce-Aroma Baijiu 53% vol {}         | 赤岩 经典 酱香型白酒 53度 {}     | 168
    LIQ-OF10 | Old Ferry Ten-Year Strong-Aroma Baijiu 52% vol {}      | 古渡口 十年 浓香型白酒 52度 {}   | 468
    LIQ-OFC  | Old Ferry Classic Strong-Aroma Baijiu 52% vol {}       | 古渡口 经典 浓香型白酒 52度 {}   | 128
    LIQ-OFL  | Old Ferry Mild Strong-Aroma Baijiu 42% vol {}          | 古渡口 柔和 浓香型白酒 42度 {}   | 88
    LIQ-AD20 | Apricot Dale 20-Year Light-Aroma Baijiu 53% vol {}     | 杏坞 20年 清香型白酒 53度 {}     | 388
    LIQ-ADC  | Apricot Dale Light-Aroma Baijiu 42% vol {}             | 杏坞 清香型白酒 42度 {}          | 58
    LIQ-ADR  | Apricot Dale Reserve Light-Aroma Baijiu 53% vol {}     | 杏坞 珍藏 清香型白酒 53度 {}     | 168
    LIQ-OF20 | Old Ferry Twenty-Year Strong-Aroma Baijiu 52% vol {}   | 古渡口 二十年 浓香型白酒 52度 {} | 899
    LIQ-YX10 | Yuexi 10-Year Huadiao Rice Wine 15% vol {}             | 越溪 十年陈 花雕酒 15度 {}       | 68
    LIQ-YX5  | Yuexi 5-Year Huadiao Rice Wine 14% vol {}              | 越溪 五年陈 花雕酒 14度 {}       | 36
""", BOTTLES)
WINES = axis(
    "1:750 ml Single Bottle:750ml 单瓶装:100:120; 2:2 x 750 ml Gift Box:750ml×2 礼盒装:210:60;"
    "6:6 x 750 ml Case:750ml×6 整箱装:570:50"
)
each("liquor", "normal", """
    LIQ-WCAB  | Westhill Cabernet Sauvignon Dry Red Wine {} | 西山谷 赤霞珠干红葡萄酒 {}     | 88
    LIQ-WCABR | Westhill Reserve Cabernet Dry Red Wine {}   | 西山谷 珍藏赤霞珠干红葡萄酒 {} | 228
    LIQ-WMAR  | Westhill Marselan Dry Red Wine {}           | 西山谷 马瑟兰干红葡萄酒 {}     | 138
    LIQ-WMER  | Westhill Merlot Dry Red Wine {}             | 西山谷 美乐干红葡萄酒 {}       | 78
    LIQ-WCHA  | Westhill Chardonnay Dry White Wine {}       | 西山谷 霞多丽干白葡萄酒 {}     | 98
    LIQ-WSPK  | Westhill Sparkling Wine Brut {}             | 西山谷 起泡葡萄酒 {}           | 108
    LIQ-WICE  | Westhill Vidal Ice Wine {}                  | 西山谷 威代尔冰酒 {}           | 198
""", WINES)
each("liquor", "high", """
    LIQ-BEER | Riverbend {}   | 河湾 {} | 49 |
        LAG24:Lager 24 x 330 ml:拉格啤酒 330ml×24罐:140:150; WHT12:Wheat Beer 12 x 500 ml:小麦白啤 500ml×12罐:140;
        IPA12:IPA 12 x 330 ml:IPA精酿啤酒 330ml×12罐:200:60; STO12:Stout 12 x 330 ml:世涛黑啤 330ml×12罐:190:50;
        NA24:Alcohol-Free Beer 24 x 330 ml:无醇啤酒 330ml×24罐:150:50;
        DRAFT:Craft Draught Keg 5 L:精酿鲜啤 5L桶装:240:30
    LIQ-FRU  | Orchardlane {} | 果巷 {} | 39 |
        PLUM:Green Plum Wine 12% vol 500 ml:青梅酒 12度 500ml:140:130; LYC:Lychee Wine 8% vol 330 ml:荔枝酒 8度 330ml;
        PEACH:Peach Wine 8% vol 330 ml:蜜桃酒 8度 330ml; RICE:Sweet Rice Wine 1 kg:甜米酒 1kg:70;
        OSM:Osmanthus Rice Wine 10% vol 500 ml:桂花米酒 10度 500ml:110;
        HB8:Hard Seltzer Mix 8 x 330 ml:气泡果酒混合装 330ml×8罐:180
""")
each("liquor", "low", """
    LIQ-SPRT | Highmoor {}                                     | 高原野 {}                          | 168  |
        WSK700:Blended Whisky 40% vol 700 ml:调和威士忌 40度 700ml;
        WSK12:12-Year Single Malt Whisky 43% vol 700 ml:12年单一麦芽威士忌 43度 700ml:240;
        GIN:Dry Gin 40% vol 700 ml:干金酒 40度 700ml:80; RUM:Dark Rum 40% vol 700 ml:黑朗姆酒 40度 700ml:80;
        VOD:Vodka 40% vol 700 ml:伏特加 40度 700ml:55; BRA:XO Brandy 40% vol 700 ml:XO白兰地 40度 700ml:400:50
    LIQ-RCZ  | Redcliff Zodiac Commemorative Baijiu 53% vol {} | 赤岩 生肖纪念版 酱香型白酒 53度 {} | 1988 |
        HRS500:Year of the Horse 500 ml:马年 500ml; SNK500:Year of the Snake 500 ml:蛇年 500ml:120:50
""")

# Apparel, shoes, bags, jewellery ------------------------------------------------------------------------------

each("apparel", "normal", """
    APP-TEE | Plainwood Unisex Heavy Cotton T-Shirt {} {} | 素木 男女同款重磅纯棉T恤 {} {} | 79
""", colours("BLK WHT GRY NVY OAT"), letters("S M L XL XXL 3XL"))
each("apparel", "normal", """
    APP-HOOD | Plainwood Unisex Fleece Hoodie {} {} | 素木 男女同款加绒连帽卫衣 {} {} | 169
""", colours("BLK GRY OAT NVY"), letters("S M L XL XXL"))
each("apparel", "normal", """
    APP-WDRS  | Stillwater Women's Linen Dress {} {}      | 静水 女士亚麻连衣裙 {} {} | 299
    APP-WCARD | Stillwater Women's Knit Cardigan {} {}    | 静水 女士针织开衫 {} {}   | 229
    APP-WSHT  | Stillwater Women's Silk-Feel Blouse {} {} | 静水 女士垂感衬衫 {} {}   | 189
""", colours("BEI BLK LBL"), letters("S M L XL"))
each("apparel", "normal", """
    APP-WSWT | Stillwater Women's Merino Turtleneck {} {} | 静水 女士美丽诺羊毛高领衫 {} {} | 259
    APP-WTEE | Plainwood Women's Slim T-Shirt {} {}       | 素木 女士修身短袖T恤 {} {}      | 69
    APP-WSUN | Northtrail Women's UPF50+ Sun Jacket {} {} | 北径 女士UPF50+防晒衣 {} {}     | 159
""", colours("BLK WHT APR LBL"), letters("S M L XL"))
each("apparel", "normal", """
    APP-WTRO | Stillwater Women's Wide-Leg Trousers {} {} | 静水 女士高腰阔腿裤 {} {} | 189
""", colours("BLK BEI GRY"), letters("S M L XL"))
each("apparel", "low", """
    APP-WHMF | Stillwater Jacquard Horse-Face Skirt {} {} | 静水 织金马面裙 {} {} | 359
    APP-WQIP | Stillwater Modern Qipao {} {}              | 静水 改良旗袍 {} {}   | 329
""", axis("RED:Red:正红色:100:120; BLK:Black and Gold:黑金色; GRN:Bamboo Green:竹青色:100:80"), letters("S M L XL"))
each("apparel", "low", """
    APP-WDOWN | Northtrail Women's Long Down Jacket {} {} | 北径 女士长款羽绒服 {} {}   | 899
    APP-WCOAT | Stillwater Women's Wool Coat {} {}        | 静水 女士双面羊毛大衣 {} {} | 1299
""", colours("BLK CAM CRM"), letters("S M L"))
each("apparel", "normal", """
    APP-WJEAN | Plainwood Women's Straight Jeans {} {} | 素木 女士直筒牛仔裤 {} {} | 199
""", axis(
    "DBL:Dark Blue:深蓝色:100:120; LBL:Light Blue:浅蓝色"
), numbers(range(25, 31), "W{}", "{}码", prefix="W", peak=27))
each("apparel", "normal", """
    APP-WSKT | Stillwater Women's Pleated Skirt {} {} | 静水 女士百褶半身裙 {} {} | 179
    APP-WLEG | Fastlane Women's Yoga Leggings {} {}   | 快道 女士瑜伽裤 {} {}     | 129
""", colours("BLK GRY"), letters("S M L XL"))
each("apparel", "normal", """
    APP-MPOLO | Plainwood Men's Polo Shirt {} {}     | 素木 男士POLO衫 {} {}   | 139
    APP-MSHT  | Plainwood Men's Non-Iron Shirt {} {} | 素木 男士免烫衬衫 {} {} | 199
""", colours("WHT NVY LBL"), letters("M L XL XXL 3XL"))
each("apparel", "normal", """
    APP-MSWT | Stillwater Men's Crew-Neck Wool Sweater {} {} | 静水 男士圆领羊毛衫 {} {} | 299
    APP-MJKT | Northtrail Men's Bomber Jacket {} {}          | 北径 男士飞行员夹克 {} {} | 329
    APP-MQDT | Fastlane Men's Quick-Dry T-Shirt {} {}        | 快道 男士速干T恤 {} {}    | 79
    APP-MSHO | Fastlane Men's Sports Shorts {} {}            | 快道 男士运动短裤 {} {}   | 69
""", colours("BLK GRY NVY"), letters("M L XL XXL 3XL"))
each("apparel", "normal", """
    APP-MCHIN | Plainwood Men's Stretch Chinos {} {} | 素木 男士弹力休闲裤 {} {} | 179
    APP-MJEAN | Plainwood Men's Slim Jeans {} {}     | 素木 男士修身牛仔裤 {} {} | 219
""", colours("BLK DBL"), WAIST)
each("apparel", "low", """
    APP-MDOWN | Northtrail Men's Short Down Jacket {} {}   | 北径 男士短款羽绒服 {} {}   | 699
    APP-MSHEL | Northtrail Men's 3-in-1 Shell Jacket {} {} | 北径 男士三合一冲锋衣 {} {} | 599
""", colours("BLK NVY OLV"), letters("M L XL XXL"))
each("apparel", "low", """
    APP-MSUIT | Stillwater Men's Two-Piece Suit {} {} | 静水 男士西服两件套 {} {} | 999
""", colours("BLK NVY"), axis(
    "165:165/84A:165/84A:100:60; 170:170/88A:170/88A:100:120; 175:175/92A:175/92A:100:140;"
    "180:180/96A:180/96A:100:110; 185:185/100A:185/100A:100:60"
))
each("apparel", "normal", """
    APP-KTEE  | Littlebud Kids' Cotton T-Shirt {} {}    | 小芽 儿童纯棉T恤 {} {}      | 49
    APP-KDOWN | Littlebud Kids' Light Down Jacket {} {} | 小芽 儿童轻薄羽绒服 {} {}   | 259
    APP-KTRK  | Littlebud Kids' School Tracksuit {} {}  | 小芽 儿童运动校服套装 {} {} | 159
""", colours("BLU RED"), CHILD)
each("apparel", "normal", """
    APP-KHOOD | Littlebud Kids' Fleece Hoodie {} {}   | 小芽 儿童加绒卫衣 {} {}   | 99
    APP-KPANT | Littlebud Kids' Jogger Trousers {} {} | 小芽 儿童束脚运动裤 {} {} | 79
""", colours("GRY NVY APR"), CHILD)
each("apparel", "normal", """
    APP-KDRS | Littlebud Girls' Cotton Dress {} {} | 小芽 女童纯棉连衣裙 {} {} | 119
""", colours("PNK LBL"), CHILD)
each("apparel", "normal", """
    APP-WSBR | Fastlane Women's Sports Bra {} {} | 快道 女士运动内衣 {} {} | 109
""", colours("BLK PNK GRN"), letters("S M L XL"))
each("apparel", "high", """
    APP-UBOX | Plainwood Men's Boxer Briefs, 3-Pack {} | 素木 男士平角内裤 3条装 {} | 69
""", letters("L XL XXL 3XL"))
each("apparel", "high", """
    APP-UBRF | Plainwood Women's Cotton Briefs, 5-Pack {} | 素木 女士纯棉内裤 5条装 {} | 59
    APP-UBRA | Plainwood Women's Wireless Bra {}          | 素木 女士无钢圈文胸 {}     | 89
""", letters("M L XL"))
each("apparel", "normal", """
    APP-UTHW | Plainwood Women's Thermal Set {} {}      | 素木 女士保暖内衣套装 {} {}   | 129
    APP-UPJW | Cottonfield Women's Cotton Pyjamas {} {} | 棉田里 女士纯棉睡衣套装 {} {} | 149
""", colours("PNK GRY"), letters("M L XL"))
each("apparel", "normal", """
    APP-UTHM | Plainwood Men's Thermal Set {} {}      | 素木 男士保暖内衣套装 {} {}   | 129
    APP-UPJM | Cottonfield Men's Cotton Pyjamas {} {} | 棉田里 男士纯棉睡衣套装 {} {} | 149
""", colours("NVY GRY"), letters("L XL XXL"))
each("apparel", "high", """
    APP-SOCK | Plainwood {} Socks, {} | 素木 {}袜 {} | 29.9 |
        M:Men's Crew:男士中筒; W:Women's Crew:女士中筒; SPT:Sports Ankle:运动短筒
""", axis("5:5 Pairs:5双装:100:130; 10:10 Pairs:10双装:180"))
each("apparel", "normal", """
    APP-SCARF | Stillwater Cashmere Scarf {}     | 静水 羊绒围巾 {}     | 399
    APP-CAP   | Plainwood Baseball Cap {}        | 素木 棒球帽 {}       | 59
    APP-GLOV  | Northtrail Touchscreen Gloves {} | 北径 触屏保暖手套 {} | 79
""", colours("BLK GRY CAM"))
add("apparel", "APP-BELT", "Plainwood Men's Leather Belt {} {}", "素木 男士牛皮腰带 {} {}", 159, "normal", colours("BLK BRN"),
    axis("110:110 cm:110cm; 120:120 cm:120cm:100:120; 130:130 cm:130cm:100:50"))

each("shoes", "normal", """
    SHO-WSNK | Swiftstep Women's Chunky Trainers {} {} | 疾步 女士老爹鞋 {} {} | 259
    SHO-WCNV | Swiftstep Women's Canvas Shoes {} {}    | 疾步 女士帆布鞋 {} {} | 99
""", colours("WHT BLK BEI"), WOMEN_SHOES)
each("shoes", "low", """
    SHO-WPUMP | Cobblewalk Women's 6 cm Heel Pumps {} {} | 石板路 女士6cm高跟鞋 {} {} | 299
    SHO-WBOOT | Cobblewalk Women's Ankle Boots {} {}     | 石板路 女士短靴 {} {}      | 399
    SHO-WLOAF | Cobblewalk Women's Loafers {} {}         | 石板路 女士乐福鞋 {} {}    | 269
""", colours("BLK BRN"), WOMEN_SHOES)
each("shoes", "normal", """
    SHO-WSAN | Cobblewalk Women's Strap Sandals {} {}     | 石板路 女士一字带凉鞋 {} {} | 159
    SHO-WMRY | Cobblewalk Women's Mary Janes {} {}        | 石板路 女士玛丽珍鞋 {} {}   | 229
    SHO-WRUN | Fastlane Women's Light Running Shoes {} {} | 快道 女士轻量跑步鞋 {} {}   | 329
""", colours("WHT BLK"), WOMEN_SHOES)
each("shoes", "low", """
    SHO-WSNW | Northtrail Women's Fleece-Lined Snow Boots {} {} | 北径 女士加绒雪地靴 {} {} | 299
""", colours("BLK CAM"), WOMEN_SHOES)
each("shoes", "normal", """
    SHO-MRUN | Fastlane Men's Cushioned Running Shoes {} {} | 快道 男士缓震跑步鞋 {} {} | 399
    SHO-MSNK | Swiftstep Men's Classic Trainers {} {}       | 疾步 男士休闲板鞋 {} {}   | 229
""", colours("WHT BLK GRY"), MEN_SHOES)
each("shoes", "low", """
    SHO-MBSK | Fastlane Men's Basketball Shoes {} {}  | 快道 男士篮球鞋 {} {}     | 599
    SHO-MOXF | Cobblewalk Men's Leather Oxfords {} {} | 石板路 男士牛津皮鞋 {} {} | 499
""", axis("BLK:Black:黑色:100:120; BRN:Brown:棕色:100:70"), MEN_SHOES)
each("shoes", "normal", """
    SHO-MSLD | Swiftstep Men's Slides {} {} | 疾步 男士运动拖鞋 {} {} | 79
""", colours("BLK GRY"), MEN_SHOES)
each("shoes", "low", """
    SHO-MLOF | Cobblewalk Men's Leather Loafers {} {} | 石板路 男士真皮乐福鞋 {} {} | 399
    SHO-MCHL | Cobblewalk Men's Chelsea Boots {} {}   | 石板路 男士切尔西靴 {} {}   | 549
""", colours("BLK BRN"), MEN_SHOES)
add("shoes", "SHO-LTD", "Fastlane Carbon-Plate Racing Shoes, Limited Edition {}", "快道 碳板竞速跑鞋 限量版 {}", 1299, "scarce",
    MEN_SHOES)
each("shoes", "low", """
    SHO-HIKE | Northtrail Waterproof Hiking Boots Khaki {} | 北径 防水登山鞋 卡其色 {} | 499
""", numbers(range(37, 46), "EU {}", "{}码", peak=42))
each("shoes", "normal", """
    SHO-KSNK | Littlebud Kids' Hook-and-Loop Trainers {} {} | 小芽 儿童魔术贴运动鞋 {} {} | 139
""", colours("BLU PNK"), numbers(range(27, 36), "EU {}", "{}码", peak=30))
SLIPPER_SIZES = axis(
    "3637:EU 36-37:36-37码:100:120; 3839:EU 38-39:38-39码; 4041:EU 40-41:40-41码; 4243:EU 42-43:42-43码:100:120;"
    "4445:EU 44-45:44-45码:100:60"
)
for codes, sizes in (("GRY BEI", SLIPPER_SIZES), ("PNK", SLIPPER_SIZES[:3]), ("NVY", SLIPPER_SIZES[2:])):
    add("shoes", "SHO-SLIP", "Cottonfield Soft Indoor Slippers {} {}", "棉田里 软底居家拖鞋 {} {}", 29.9, "high",
        colours(codes), sizes)

each("bags", "normal", """
    BAG-BPK  | Harbourline 15.6" Laptop Backpack {} | 港线 15.6英寸电脑双肩包 {} | 199
    BAG-TOTE | Plainwood Canvas Tote Bag {}         | 素木 帆布托特包 {}         | 69
    BAG-XBD  | Stillwater Leather Crossbody Bag {}  | 静水 真皮斜挎包 {}         | 399
    BAG-WLT  | Stillwater Leather Bifold Wallet {}  | 静水 真皮短款钱包 {}       | 159
""", colours("BLK BRN CRM"))
add("bags", "BAG-LUG", "Farport {} Suitcase {}", "远港 {}行李箱 {}", 299, "normal",
    axis('20:20" Cabin:20英寸登机; 24:24" Medium:24英寸:120:110; 28:28" Large:28英寸:140:60'), colours("BLK SLV GRN"))
add("bags", "BAG-ALU", "Farport Aluminium {} Suitcase", "远港 铝镁合金{}行李箱", 1299, "scarce",
    axis('20:20" Cabin:20英寸登机; 26:26" Medium:26英寸:130'))
add("bags", "BAG-SCH", "Littlebud School Backpack {} {}", "小芽 护脊书包 {} {}", 169, "normal",
    axis("L:Grades 1-3:1-3年级:100:120; H:Grades 4-6:4-6年级:112"), colours("BLU PNK NVY"))
each("bags", "normal", """
    BAG-MSG | Harbourline 14" Messenger Bag {}        | 港线 14英寸单肩公文包 {} | 229
    BAG-SLG | Swiftstep Sling Chest Bag {}            | 疾步 休闲胸包 {}         | 89
    BAG-GYM | Fastlane Gym Duffel with Shoe Pocket {} | 快道 干湿分离健身包 {}   | 119
    BAG-CRD | Stillwater Leather Card Holder {}       | 静水 真皮卡包 {}         | 79
""", colours("BLK GRY OLV"))
each("bags", "low", """
    BAG-BKT | Stillwater Leather Bucket Bag {} | 静水 真皮水桶包 {}     | 459
    BAG-HND | Stillwater Leather Work Tote {}  | 静水 真皮通勤手提包 {} | 599
""", colours("BLK CAM WIN CRM"))
add("bags", "BAG-TRV", "Farport {}", "远港 {}", 39, "normal",
    axis(
        "CUBE:Packing Cubes 6 pieces:旅行收纳袋6件套:130:130; DUF:Foldable Duffel 40 L:折叠旅行袋40升:180;"
        "NECK:Memory Foam Neck Pillow:记忆棉颈枕:150; LOCK:Combination Luggage Lock:行李箱密码锁;"
        "TOIL:Hanging Toiletry Bag:挂式洗漱包"
    ))

add("jewellery", "JWL-BAR", "Goldleaf Hall 999.9 Gold Bar {}", "金叶堂 足金9999投资金条 {}", 3980, "scarce",
    axis("5:5 g:5克:100:160; 10:10 g:10克:198:140; 20:20 g:20克:394:100; 50:50 g:50克:980:60; 100:100 g:100克:1950:30"))
each("jewellery", "low", """
    JWL-BEAD | Goldleaf Hall 999 Gold {} Bead Bracelet  | 金叶堂 足金999{}转运珠手绳 | 999  |
        RAB:Rabbit:兔子; HRS:Horse:小马:105:140; LOT:Lotus:莲花; FU:Fortune Character:福字:110:120
    JWL-PEND | Goldleaf Hall 999 Gold {} Pendant        | 金叶堂 足金999{}吊坠       | 2599 |
        PEA:Peapod:豌豆荚; LOCK:Longevity Lock:长命锁:140; CLOUD:Lucky Cloud:祥云:110
    JWL-CHN  | Goldleaf Hall 18K Gold Necklace {}       | 金叶堂 18K金项链 {}        | 1399 |
        40:40 cm:40cm; 45:45 cm:45cm:112
    JWL-SBR  | Silverbrook 925 Silver Bracelet {}       | 银溪 925银手链 {}          | 199  |
        STAR:Star:星星; CLOV:Four-Leaf Clover:四叶草:100:130; BEAR:Bear:小熊
    JWL-SEA  | Silverbrook 925 Silver Earrings {}       | 银溪 925银耳钉 {}          | 99   |
        PEARL:Pearl:珍珠:130; ZIR:Zircon:锆石:100:130; HOOP:Hoop:圆环
    JWL-PRL  | Silverbrook Freshwater Pearl Necklace {} | 银溪 淡水珍珠项链 {}       | 699  |
        67:6-7 mm:6-7mm; 89:8-9 mm:8-9mm:215:50
    JWL-JADE | Silverbrook Hetian Jade {}               | 银溪 和田玉{}              | 899  |
        PING:Safety Buckle Pendant:平安扣吊坠; BRC:Bangle:手镯:600:20; BEAD:Bead Bracelet:手串:90
    JWL-WAT  | Meridian Mechanical Watch {}             | 子午 机械腕表 {}           | 1599 |
        SIL:Silver Dial, Leather Strap:银盘皮带款; BLU:Blue Dial, Steel Bracelet:蓝盘钢带款:115
    JWL-QTZ  | Meridian Quartz Watch {}                 | 子午 石英腕表 {}           | 399  |
        MEN:Men's:男款; WOM:Women's:女款; PAIR:Couple's Pair:情侣对表:190:60
""")
JWL_RINGS = numbers(range(10, 19, 2), "Size {}", "{}号", prefix="S", peak=14)
add("jewellery", "JWL-RNGP", "Silverbrook Platinum Wedding Ring {}", "银溪 铂金PT950婚戒 {}", 2399, "scarce", JWL_RINGS)
add("jewellery", "JWL-RNGD", "Silverbrook 0.3 ct Lab-Grown Diamond Ring {}", "银溪 30分培育钻石戒指 {}", 3999, "scarce",
    JWL_RINGS)

# Leisure ------------------------------------------------------------------------------------------------------

each("toys", "normal", """
    TOY-BRK  | Brickyard Building Blocks {} | 积木工坊 积木 {} | 69 |
        CITY:City Fire Station 312 pieces:城市消防站 312粒:150; CAS:Castle 680 pieces:古堡 680粒:300;
        SPC:Space Shuttle 520 pieces:航天飞机 520粒:250:120; TEMP:Garden Pavilion 1200 pieces:园林亭台 1200粒:560:50;
        CLS:Classic Box 500 pieces:经典散装 500粒:160; BIG:Large Blocks for Toddlers 80 pieces:大颗粒 80粒:180;
        CRANE:Tower Crane 1280 pieces:塔式起重机 1280粒:520:40; FLW:Flower Bouquet 560 pieces:花束 560粒:180
    TOY-PUZ  | Paperplane Jigsaw Puzzle {}  | 纸飞机 拼图 {}   | 39 |
        100:100 pieces Animals:100片 动物:70; 300:300 pieces World Map:300片 世界地图;
        1000S:1000 pieces Starry Sky:1000片 星空:160:120; 1000L:1000 pieces Landscape Scroll:1000片 山水长卷:160;
        2000:2000 pieces Old Town:2000片 古镇:280:30
    TOY-RC   | Paperplane Remote-Control {} | 纸飞机 遥控{}    | 99 |
        CAR:Off-Road Car:越野车:100:140; STUNT:Stunt Car:特技车:80; BOAT:Speedboat:快艇:140; HELI:Helicopter:直升机:130;
        EXC:Excavator:挖掘机:160
    TOY-DOLL | Littlebud {}                 | 小芽 {}          | 79 |
        HOUSE:Doll's House:娃娃屋:300:60; HANFU:Hanfu Dress-Up Doll:汉服换装娃娃:150;
        BABY:Baby Doll with Cot:仿真娃娃带小床:140; KITC:Play Kitchen:过家家厨房:200; DOC:Doctor Play Set:小医生套装;
        TEA:Tea Party Set:下午茶套装:70
    TOY-EDU  | Paperplane {}                | 纸飞机 {}        | 89 |
        GLOBE:AR Globe 23 cm:AR地球仪 23cm:150; SCI:100 Science Experiments Kit:科学实验100例套装:140:120;
        MICRO:Kids' Microscope:儿童显微镜:170; TELE:Beginner's Telescope:入门天文望远镜:400:50;
        ABAC:Wooden Abacus:木质珠算架:60; MAGN:Magnetic Tiles 64 pieces:磁力片 64片:120:130;
        CODE:Coding Robot:编程机器人:450:40; ROBO:Talking Early-Learning Robot:早教故事机器人:250;
        CLAY:Modelling Clay 36 colours:彩泥 36色:60:130; PAINT:Magnetic Drawing Board:磁性画板:90;
        BEADS:Wooden Bead Maze:木制绕珠:110; CLOCK:Teaching Clock:时钟教具:50;
        MICP:Kids' Karaoke Microphone:儿童K歌话筒:120; ROCK:Fossil Dig Kit:恐龙化石考古套装:60:130;
        PIANO:Kids' Keyboard 37 keys:儿童电子琴 37键:180
    TOY-BRD  | Paperplane {}                | 纸飞机 {}        | 39 |
        XQ:Chinese Chess Set:中国象棋; GO:Go Set 19 x 19:围棋套装 19路:200; CHS:Chess Set:国际象棋:130;
        GMK:Five-in-a-Row Set:五子棋:80; MJ:Mahjong Set 144 tiles:麻将牌 144张:400;
        FLY:Aeroplane Chess Mat:飞行棋地毯:90; CARD:Playing Cards 10 decks:扑克牌 10副:60:150;
        PARTY:Party Deduction Card Game:聚会推理卡牌:110; TOWER:Tumbling Tower:叠叠高:80
    TOY-OUT  | Paperplane {}                | 纸飞机 {}        | 29 |
        KITE:Swallow Kite:沙燕风筝:150; BUBL:Bubble Machine:泡泡机:130:140; WATR:Water Blaster:水枪:120;
        SAND:Beach Toy Set:沙滩玩具套装:160; ROPE:Skipping Rope:跳绳:80; YOYO:Yo-Yo:悠悠球:100;
        DIAB:Diabolo:空竹:170:50; SCOOT:Three-Wheel Scooter:三轮滑板车:700:60
""")
each("toys", "normal", """
    TOY-BALB | Littlebud Balance Bike 12" {}     | 小芽 12英寸儿童平衡车 {} | 229
    TOY-TRIC | Littlebud Folding Tricycle {}     | 小芽 折叠儿童三轮车 {}   | 269
    TOY-RIDE | Littlebud Electric Ride-On Car {} | 小芽 儿童电动玩具汽车 {} | 699
""", colours("RED BLU WHT"))
each("toys", "normal", """
    TOY-PLUSH | Littlebud Plush {} {} | 小芽 {}毛绒玩具 {} | 49 |
        PANDA:Panda:熊猫:100:150; RAB:Rabbit:兔子; BEAR:Bear:小熊:100:110; CAPY:Capybara:卡皮巴拉:105:130;
        DINO:Dinosaur:恐龙
""", axis("30:30 cm:30cm:100:130; 50:50 cm:50cm:180; 80:80 cm:80cm:320:40"))
add("toys", "TOY-BLIND", "Starhop Collectible Figure Blind Box, {} Series, {}", "星跃 潮玩盲盒 {}系列 {}", 59, "high",
    axis(
        "FOR:Forest:森林; SEA:Ocean:海洋; FES:Lantern Festival:元宵:100:60"
    ), axis(
        "1:Single:单盒:100:150; 12:Full Case of 12:整套12盒:1160:20"
    ))
add("toys", "TOY-CON", "Starhop Handheld Game Console {}", "星跃 掌上游戏机 {}", 1899, "low",
    axis(
        "STD:Standard Edition:标准版; OLED:OLED Edition:OLED版:120:80;"
        "FES:Spring Festival Limited Edition:春节限定版:130:25"
    ))

each("sports", "normal", """
    SPO-BOXG | Fastlane Boxing Gloves {} {}            | 快道 拳击手套 {} {}   | 159 |
        10:10 oz:10盎司:100:120; 12:12 oz:12盎司
    SPO-SKAT | Fastlane Adjustable Inline Skates {} {} | 快道 可调轮滑鞋 {} {} | 299 |
        S:S (EU 30-33):S码（30-33码）:100:120; M:M (EU 34-37):M码（34-37码）; L:L (EU 38-41):L码（38-41码）:108:60
""", colours("BLK PNK"))
each("sports", "low", """
    SPO-SKB | Fastlane Maple Skateboard {} | 快道 枫木滑板 {}   | 229 |
        STR:Street Print:街头图案; PLN:Natural Wood:原木色
    SPO-SKI | Northtrail Ski Jacket {}     | 北径 滑雪服上衣 {} | 799 |
        MM:Men's M:男款 M; ML:Men's L:男款 L:100:120; MXL:Men's XL:男款 XL; WS:Women's S:女款 S:100:80;
        WM:Women's M:女款 M:100:120; WL:Women's L:女款 L
""")
each("sports", "normal", """
    SPO-YOGA | Fastlane Yoga Mat {}  | 快道 瑜伽垫 {} | 59   |
        6P:6 mm Purple:6mm 紫色; 6G:6 mm Grey:6mm 灰色; 10P:10 mm Pink:10mm 粉色:130;
        TPE:8 mm TPE Green:8mm TPE 绿色:180
    SPO-DUMB | Fastlane Dumbbells {} | 快道 哑铃 {}   | 49   |
        1:1 kg Pair:1kg一对:60; 2:2 kg Pair:2kg一对:80:130; 5:5 kg Pair:5kg一对:180; 10:10 kg Pair:10kg一对:350;
        ADJ:Adjustable 24 kg:24kg可调节:900:40
    SPO-FIT  | Fastlane {}           | 快道 {}        | 39   |
        BAND:Resistance Bands 5 pieces:弹力带5条装; ROPE:Counting Skipping Rope:计数跳绳:100:140;
        ABW:Ab Wheel:健腹轮:150; ROLL:Foam Roller:泡沫轴:120; GRIP:Adjustable Hand Grip:可调握力器:70;
        PULL:Door Pull-Up Bar:门上单杠:250; HULA:Hula Hoop:呼啦圈:80; PUSH:Push-Up Board:俯卧撑训练板:150;
        BALL65:Exercise Ball 65 cm:瑜伽球 65cm:130; BRICK:Yoga Blocks 2 pieces:瑜伽砖 2块:60;
        KNEE:Knee Support, Pair:运动护膝 一对:150; WRIS:Wrist Wraps, Pair:护腕 一对:80;
        WAIST:Lifting Belt:健身腰带:250:50; BOTT:Sports Bottle 1 L:运动水壶 1升:100:130;
        KETT8:Kettlebell 8 kg:壶铃 8kg:260; MATT:Folding Exercise Mat:折叠健身垫:300:60
    SPO-MACH | Fastlane {}           | 快道 {}        | 1299 |
        TREAD:Folding Treadmill:家用折叠跑步机:140:70; WALK:Under-Desk Walking Pad:平板走步机:90;
        BIKE:Magnetic Exercise Bike:磁控动感单车:100; ROW:Water Rowing Machine:水阻划船机:180:30;
        ELLI:Elliptical Trainer:椭圆机:150:40
    SPO-BALL | Fastlane {}           | 快道 {}        | 89   |
        BSK7:Basketball Size 7:7号篮球:120:140; BSK5:Kids' Basketball Size 5:5号儿童篮球:90;
        FTB5:Football Size 5:5号足球; FTB4:Football Size 4:4号足球:90; VOL5:Volleyball Size 5:5号排球
    SPO-BADM | Fastlane {}           | 快道 {}        | 69   |
        PAIR:Badminton Rackets, Pair:羽毛球拍 对拍:200:130; CARB:Carbon Badminton Racket 4U:碳素羽毛球拍 4U:400;
        SHUT12:Goose Feather Shuttlecocks 12 pieces:鹅毛羽毛球 12只:130;
        NYL6:Nylon Shuttlecocks 6 pieces:尼龙羽毛球 6只:45; GRIP:Overgrips 5 pieces:吸汗手胶 5条:35
    SPO-TT   | Fastlane {}           | 快道 {}        | 59   |
        BAT2:Table Tennis Bats, Pair:乒乓球拍 双拍:140; BALL10:Table Tennis Balls 10 pieces:乒乓球 10只:40:150;
        TABLE:Foldable Table Tennis Table:可折叠乒乓球台:2200:10; TEN:Aluminium Tennis Racket:铝合金网球拍:230;
        TENB3:Tennis Balls 3 pieces:网球 3只:60
    SPO-SWIM | Bluecove {}           | 蓝湾 {}        | 49   |
        GOG:Anti-Fog Swimming Goggles:防雾泳镜:120:130; GOGM:Prescription Goggles -3.00:近视泳镜 300度:180;
        CAP:Silicone Swimming Cap:硅胶泳帽:60; RING:Swim Ring 90 cm:充气泳圈 90cm:80; FLOAT:Swim Float:浮板:90
    SPO-CAMP | Northtrail {}         | 北径 {}        | 149  |
        TENT2:Two-Person Tent:双人帐篷:160; TENT4:Pop-Up Family Tent for 4:四人速开帐篷:280:120;
        BAG0:Sleeping Bag 0 to 10 C:睡袋 0-10℃:100; BAGW:Down Sleeping Bag -10 C:羽绒睡袋 -10℃:400:30;
        CHAIR:Folding Camping Chair:露营折叠椅:60:140; TABLE:Roll-Top Camping Table:蛋卷桌:140;
        CANO:Canopy 3 x 4 m:天幕 3×4米:180; LAMP:Rechargeable Lantern:露营灯:70; STOV:Portable Gas Stove:便携卡式炉:90;
        CART:Folding Wagon:露营推车:170
    SPO-HIKE | Northtrail {}         | 北径 {}        | 99   |
        POLE:Carbon Trekking Poles, Pair:碳素登山杖 一对:220; PACK30:Hiking Backpack 30 L:登山包 30升:240;
        PACK60:Trekking Backpack 60 L:重装徒步包 60升:480:40; HEAD:Rechargeable Headlamp:充电头灯:100;
        BOTT:Titanium Bottle 800 ml:钛水壶 800ml:330:30; RAIN:Lightweight Rain Poncho:轻量雨披:70
    SPO-CYC  | Ridgeway {}           | 远脊 {}        | 79   |
        HELM:Road Cycling Helmet:公路骑行头盔:200; LOCK:U-Lock:U型锁:80; LAMP:USB Front Light:USB充电前灯:100;
        PUMP:Floor Pump:立式打气筒:100; GLOV:Half-Finger Gloves:半指骑行手套:65;
        FOLD:20" Folding Bicycle:20英寸折叠自行车:1200:20; MTB:27.5" Mountain Bike:27.5英寸山地自行车:1500:15;
        ROAD:700C Road Bike:700C公路自行车:2600:8
    SPO-FISH | Bluecove {}           | 蓝湾 {}        | 99   |
        ROD36:Carbon Fishing Rod 3.6 m:碳素鱼竿 3.6米:120; ROD54:Carbon Fishing Rod 5.4 m:碳素鱼竿 5.4米:180;
        BOX:Tackle Box:钓箱:260:50; CHAIR:Fishing Chair:钓椅:180; LINE:Fishing Line 100 m:鱼线 100米:30
""")

each("baby", "high", """
    BAB-DIA | Softcloud Tape Nappies {}  | 软云 纸尿裤 {} | 79   |
        NB:NB 84 pieces:NB码 84片:90:80; S:S 72 pieces:S码 72片; M:M 64 pieces:M码 64片:105:130;
        L:L 54 pieces:L码 54片:105:130; XL:XL 48 pieces:XL码 48片:105
    BAB-PUL | Softcloud Pull-Up Pants {} | 软云 拉拉裤 {} | 89   |
        M:M 56 pieces:M码 56片; L:L 50 pieces:L码 50片:100:140; XL:XL 44 pieces:XL码 44片:100:140;
        XXL:XXL 38 pieces:XXL码 38片:100:90; 3XL:3XL 32 pieces:XXXL码 32片:100:50
    BAB-WIP | Softcloud {}               | 软云 {}        | 12.8 |
        80:Baby Wipes 80 sheets:婴儿湿巾 80抽; 6X80:Baby Wipes 6 x 80 sheets:婴儿湿巾 80抽×6包:450:140;
        COT100:Dry Cotton Wipes 100 sheets:绵柔巾 100抽:160
""")
each("baby", "normal", """
    BAB-FOR | Grassland Farm {} {} | 草甸牧场 {} {} | 139 |
        1:Infant Formula Stage 1 (0-6 months):婴儿配方奶粉 1段（0-6个月）:106:80;
        2:Follow-On Formula Stage 2 (6-12 months):较大婴儿配方奶粉 2段（6-12个月）:103;
        3:Toddler Formula Stage 3 (12-36 months):幼儿配方奶粉 3段（12-36个月）:100:140;
        4:Children's Formula Stage 4 (3-7 years):儿童配方奶粉 4段（3-7岁）:85:70
""", axis("400:400 g:400g:100:70; 800:800 g:800g:185:130"))
each("baby", "normal", """
    BAB-FOOD | Littlebud {}                | 小芽 {}          | 29.8 |
        RICE:Iron-Fortified Rice Cereal 225 g:高铁米粉 225g:130:120; PUFF:Fruit Puffs 50 g:水果泡芙 50g:60;
        PUR4:Fruit Puree 4 x 100 g:果泥 100g×4袋:100; NOOD:Children's Noodles 200 g:儿童面条 200g:60;
        TEETH:Teething Rusks 64 g:磨牙棒 64g:70; COD:Cod Sausages 6 pieces:鳕鱼肠 6根:100
    BAB-BOT  | Softcloud Baby Bottle {}    | 软云 奶瓶 {}     | 79   |
        G160:Glass 160 ml:玻璃 160ml; P240:PPSU 240 ml:PPSU 240ml:120:130; P330:PPSU Straw 330 ml:PPSU吸管 330ml:130
    BAB-TEAT | Softcloud Silicone Teats {} | 软云 硅胶奶嘴 {} | 29   |
        S:S, 2 pieces:S号 2只装; M:M, 2 pieces:M号 2只装:100:120; L:L, 2 pieces:L号 2只装
    BAB-CARE | Softcloud {}                | 软云 {}          | 39   |
        LOT:Baby Lotion 200 ml:婴儿润肤乳 200ml:120; WASH:2-in-1 Baby Wash 300 ml:婴儿洗发沐浴二合一 300ml:110:120;
        BUTT:Nappy Cream 50 g:护臀膏 50g:110; POWD:Corn Baby Powder 120 g:玉米爽身粉 120g:80;
        LAUN:Baby Laundry Liquid 2 L:婴儿洗衣液 2L:120; THER:Ear Thermometer:耳温枪:350;
        NAIL:Nail Care Set:婴儿指甲剪套装:90
    BAB-GEAR | Softcloud {}                | 软云 {}          | 299  |
        STRL:Folding Stroller:轻便折叠婴儿推车:200; STRH:High-View Two-Way Stroller:高景观双向婴儿推车:400:60;
        SEAT0:Car Seat 0-7 years:儿童安全座椅 0-7岁:430; SEAT3:Booster Seat 3-12 years:儿童安全座椅 3-12岁:200;
        COT:Solid Wood Cot:实木婴儿床:280:60; CHAIR:High Chair:宝宝餐椅:90; CARR:Baby Carrier:婴儿背带:110;
        TUB:Folding Baby Bath:折叠婴儿浴盆:40:130; STER:Steam Steriliser and Dryer:奶瓶消毒烘干机:120;
        WARM:Bottle Warmer:温奶器:45; PUMP:Electric Breast Pump:电动吸奶器:130; GATE:Safety Gate:儿童安全门栏:60;
        MAT:Foam Play Mat 180 x 200 cm:爬行垫 180×200cm:65:130
    BAB-PREG | Softcloud {}                | 软云 {}          | 59   |
        PAD:Nursing Pads 100 pieces:防溢乳垫 100片:70; BAG:Milk Storage Bags 60 pieces:储奶袋 60片:75;
        PIL:Pregnancy Pillow:孕妇枕:220; BELT:Support Belt:托腹带:100
""")
each("baby", "normal", """
    BAB-ROMP | Littlebud Cotton Romper {} {}          | 小芽 纯棉连体衣 {} {}   | 69
    BAB-SET  | Littlebud Baby Vest and Trousers {} {} | 小芽 婴儿内衣套装 {} {} | 59
""", colours("APR LBL"), INFANT)
add("baby", "BAB-BLK", "Littlebud Muslin Blanket 110 x 110 cm {}", "小芽 纱布抱被 110×110cm {}", 89, "normal",
    colours("WHT PNK LBL"))
each("books", "normal", """
    BOK-HIS  | An Illustrated History of China, Volume {} | 图说中国历史 {}          | 45 |
        1:1:第一卷 远古至秦:100:140; 2:2:第二卷 两汉; 3:3:第三卷 三国两晋南北朝; 4:4:第四卷 隋唐; 5:5:第五卷 宋辽金;
        6:6:第六卷 元明; 7:7:第七卷 清
    BOK-SCI  | Questions Children Ask: {}                 | 孩子爱问的十万个问题：{} | 32 |
        ANI:Animals:动物; PLA:Plants:植物; SPA:Space:宇宙:100:130; BODY:The Human Body:人体; SEA:The Sea:海洋;
        WEA:Weather:天气; DINO:Dinosaurs:恐龙:100:150; FOOD:Food:食物
    BOK-PIC  | Bedtime Picture Book: {}                   | 睡前绘本：{}             | 39 |
        MOON:The Moon's Umbrella:月亮的雨伞; BEAR:A Bear Learns to Wait:小熊学等待;
        RIVR:Where the River Sleeps:小河在哪里睡觉; SEED:One Seed, Two Leaves:一颗种子，两片叶;
        TRAIN:The Slowest Train:最慢的火车; SNOW:Snow on the Roof:屋顶上的雪; BRAV:Brave Little Snail:勇敢的小蜗牛;
        SORRY:Learning to Say "Sorry":学会说“对不起”; STAR:Counting Stars with Grandpa:和爷爷数星星;
        RAIN:Rain Goes to School:小雨点去上学; BED:I Can Sleep Alone:我会自己睡;
        TOOTH:The Tooth Train:牙齿小火车:100:120; PEACH:The Peach Tree's Birthday:桃树的生日;
        FARM:A Day on the Farm:农场的一天
    BOK-FIC  | {}: A Novel                                | {}（长篇小说）           | 49 |
        LANE:The Lane Behind the Station:车站后巷; SALT:Salt Wind:盐风:100:130;
        TIDE:The Last Ferry at High Tide:涨潮的末班渡轮; ORCH:The Orchard in Winter:冬天的果园;
        LETT:Letters Never Posted:未寄出的信:100:120; MIRR:The Mirror Maker:制镜人; NIGHT:Night Shift:夜班:90;
        MAP:A Map of Small Towns:小镇地图; RAIN:Rain, Then Lanterns:雨，然后灯火; TEA:The Tea Road:茶路;
        BRIDG:The Stone Bridge:石桥:105; KITCH:Grandmother's Kitchen:外婆的厨房:90:120; COAST:The Long Coast:漫长的海岸;
        WINTR:A Winter in the North:北方的冬天:100; ALLEY:Cats of the Alley:巷子里的猫:85:110; SNOWL:Snow Line:雪线:100
    BOK-SF   | {}: Science Fiction                        | {}（科幻小说）           | 52 |
        ORB:The Orbit of Silence:寂静轨道:100:130; ICE:Beneath the Ice Moon:冰月之下; SEED:Seed Ship:播种船;
        CLOCK:The Clock That Ran Backwards:倒走的钟; SIG:Signal from the Deep:深处的信号;
        MARS:The Gardeners of Mars:火星园丁; LAST:The Last Lighthouse Keeper in Orbit:轨道上的最后守灯人;
        DUST:Dust and Engines:尘埃与引擎; MEMO:The Memory Market:记忆市场:100:120; GLASS:City of Glass Rain:玻璃雨之城
    BOK-DET  | {}: A Mystery                              | {}（推理小说）           | 45 |
        ROOM:The Locked Reading Room:上锁的阅览室; TRAIN:Eleven on the Night Train:夜车上的十一人:100:130;
        GARD:The Gardener's Alibi:园丁的不在场证明; ISLE:Fog over the Island:雾锁孤岛; INK:Invisible Ink:隐形墨水;
        PEAR:The Pearl Diver's Secret:采珠人的秘密; CLIN:The Clinic on the Hill:山上的诊所;
        NUMB:The Wrong Number:拨错的电话; TEAH:Death at the Tea House:茶楼命案;
        SNOW:Footprints in Fresh Snow:新雪上的脚印
    BOK-COOK | {}                                         | {}                       | 59 |
        HOME:Everyday Home Cooking, 300 Dishes:家常菜300例:100:140; SOUP:Soups for Four Seasons:四季靓汤;
        BAKE:Baking from Zero:零基础烘焙; SICH:Sichuan Cooking at Home:在家做川菜; CANT:Cantonese Dim Sum:广式点心;
        VEG:Vegetarian Weekdays:工作日素食:95; BABY:Weaning Recipes Month by Month:宝宝辅食月月添;
        AIR:101 Air Fryer Recipes:空气炸锅食谱101道:80:130
    BOK-TECH | {}                                         | {}                       | 89 |
        PY:Python for Beginners:Python编程入门:90:140; JAVA:Java Concurrency in Depth:深入Java并发:120;
        GO:Go Web Services:Go语言Web服务开发; SWIFT:Swift on the Server:Swift服务端开发:100:60;
        RUST:Rust by Example Projects:Rust项目实战:110; DB:How Databases Work:数据库工作原理:115;
        DIST:Distributed Systems, Step by Step:分布式系统循序渐进:120;
        ALGO:Algorithms with Pictures:图解算法入门:80:130; LINUX:Linux Administration Handbook:Linux运维手册:125;
        ML:Machine Learning with Small Data:小数据机器学习:110; EXCEL:Excel for the Office:Excel办公应用大全:70:140;
        SEC:"Trust Nothing", and Other Rules of Web Security:“谁也别信”与Web安全的其他法则;
        NET:Computer Networks Explained:看懂计算机网络:90; GIT:Version Control Handbook:版本控制手册:75;
        TEST:Testing Software Well:软件测试之道:85; CLOUD:Containers from Zero:零基础学容器:95;
        MATH:Mathematics for Programmers:程序员的数学课:90:120; FRONT:Modern Front-End Development:现代前端开发:100;
        DATA:Data Analysis with Charts:图表数据分析:85; UX:Interface Design Notes:界面设计笔记:90
    BOK-BIZ  | {}                                         | {}                       | 58 |
        SHOP:Running an Online Shop:网店运营实战; BRAND:Brand from Scratch:从零做品牌;
        FIN:Personal Finance for Young People:年轻人的理财课:90:130; NEG:Quiet Negotiation:安静的谈判;
        TIME:Time Well Spent:把时间花在对的地方:85:120; SUPP:Supply Chains Explained:看懂供应链;
        STOCK:Inventory, Explained with Numbers:库存管理：用数字说话; WRITE:Writing for Work:职场写作:80
    BOK-LIFE | {}                                         | {}                       | 45 |
        YOGA:Yoga at Home:在家练瑜伽; RUN:Your First Ten Kilometres:跑好第一个十公里; PLANT:Balcony Gardening:阳台种花;
        TIDY:Small Flats, Well Arranged:小户型收纳; CALL:Chinese Calligraphy Primer:毛笔书法入门:90;
        SKET:Sketching for Beginners:素描入门; PHOTO:Mobile Photography:手机摄影; TEA:The Tea Drinker's Guide:饮茶指南;
        KNIT:Knitting Basics:零基础编织; CAT:Living with Cats:与猫同居:95:120;
        MOVE:Stretching for Office Workers:上班族拉伸:85; PAPER:Paper Folding for Families:亲子折纸:70:110;
        TRAV:China by Slow Train:坐慢火车看中国; CAMP:Family Camping Guide:家庭露营指南; COFF:Coffee at Home:在家做咖啡;
        DOG:Raising a Puppy:幼犬养育手册
    BOK-LANG | {}                                         | {}                       | 49 |
        ENVOC:5,000 English Words in Context:语境记忆英语5000词:100:150;
        ENGRA:English Grammar on One Page:一页纸英语语法; ENSPK:Spoken English for Travel:旅游英语口语;
        JP:Japanese for Beginners:零基础日语入门; KR:Korean for Beginners:零基础韩语入门;
        FR:French for Beginners:零基础法语入门; CHIDM:Chinese Idioms in Stories:成语故事:80:130;
        CHDIC:Student's Chinese Dictionary:学生汉语词典:130:140
    BOK-POEM | {}                                         | {}                       | 38 |
        TANG:300 Tang Poems, Annotated:唐诗三百首 注释本:100:150;
        SONG:300 Song Lyrics, Annotated:宋词三百首 注释本:100:130;
        KID:75 Classical Poems for Primary School:小学生必背古诗75首:70:160; ANAL:The Analects, Annotated:论语译注;
        ART:The Art of War, Annotated:孙子兵法译注; DAO:Tao Te Ching, Annotated:道德经译注
""")
GRADES = axis(
    "1:Grade 1:一年级; 2:Grade 2:二年级; 3:Grade 3:三年级; 4:Grade 4:四年级; 5:Grade 5:五年级; 6:Grade 6:六年级"
)
add("books", "BOK-EX", "Primary School {} Exercises, {}", "小学{}同步练习 {}", 28, "high",
    axis("CHI:Chinese:语文; MAT:Maths:数学:100:120; ENG:English:英语"), GRADES)

each("stationery", "high", """
    STA-GEL | Inkwell Gel Pens 0.5 mm {} | 墨池 中性笔 0.5mm {} | 14.9 |
        BLK12:Black 12 pieces:黑色 12支:100:160; BLU12:Blue 12 pieces:蓝色 12支; RED12:Red 12 pieces:红色 12支:100:80;
        MIX10:Assorted 10 pieces:彩色 10支:110
    STA-PEN | Inkwell {}                 | 墨池 {}              | 19.9 |
        PENC12:HB Pencils 12 pieces:HB铅笔 12支:70:140; MECH:Mechanical Pencil 0.5 mm with Leads:自动铅笔 0.5mm 送铅芯;
        HIL6:Highlighters 6 colours:荧光笔 6色; MRK24:Water-Based Markers 24 colours:水彩笔 24色:130;
        MRK80:Alcohol Markers 80 colours:双头马克笔 80色:390:40; CRA36:Crayons 36 colours:油画棒 36色:120;
        COL48:Coloured Pencils 48 colours:彩色铅笔 48色:190; WHB4:Whiteboard Markers 4 pieces:白板笔 4支:80;
        BRUSH12:Gouache 24 colours:水粉颜料 24色:150; WATC36:Watercolours 36 colours:固体水彩 36色:300;
        ACR24:Acrylic Paints 24 colours:丙烯颜料 24色:200; CORR6:Correction Tape 6 pieces:修正带 6个:70:130;
        CHALK:Dustless Chalk 50 pieces:无尘粉笔 50支:50
    STA-FTN | Inkwell Fountain Pen {}    | 墨池 钢笔 {}         | 69   |
        STUF:Student Fine Nib:学生用 细尖:60:140; METF:Metal Body Fine Nib:金属杆 细尖;
        GIFT:Gift Set with Ink:礼盒 送墨水:240:50
    STA-BRU | Inkwell Calligraphy {}     | 墨池 {}              | 39   |
        BR3:Brush Set 3 pieces:毛笔3支套装; INK500:Ink 500 ml:墨汁 500ml:60:120;
        XUAN100:Xuan Paper 100 sheets:宣纸 100张:90; SET:Four Treasures Gift Set:文房四宝礼盒:500:30;
        MAT:Water Writing Cloth:水写布:60
    STA-PAP | Inkwell {}                 | 墨池 {}              | 22.9 |
        A4500:A4 Copy Paper 70 g 500 sheets:A4复印纸 70g 500张:100:150;
        A42500:A4 Copy Paper 70 g 2500 sheets:A4复印纸 70g 2500张:450;
        PHOTO:Photo Paper 6-inch 100 sheets:6寸相纸 100张; STICK:Sticky Notes 12 pads:便利贴 12本:65;
        LABEL:Label Stickers 500 pieces:标签贴纸 500枚:60
    STA-OFF | Inkwell {}                 | 墨池 {}              | 19.9 |
        STAP:Stapler with 1000 Staples:订书机 送订书钉1000枚; GLUE:Glue Sticks 6 pieces:固体胶 6支:75;
        TAPE:Clear Tape 6 rolls:透明胶带 6卷:70; SCIS:Scissors:办公剪刀:50;
        FOLD10:A4 Folders 10 pieces:A4文件夹 10个:130; CLIP:Binder Clips 48 pieces:长尾夹 48只:75;
        CALC:Desktop Calculator:桌面计算器:150; RULE:Geometry Set:套尺:60; CUTT:Craft Knife:美工刀:45;
        ERAS:Erasers 10 pieces:橡皮 10块:70; CASE:Large Pencil Case:大容量笔袋:120:120;
        SHARP:Electric Pencil Sharpener:电动削笔器:250
""")
add("stationery", "STA-NOTE", "Inkwell {} Notebook {} {}", "墨池 {}笔记本 {} {}", 15.9, "high",
    axis(
        "SP:Spiral:线圈:100:120; HC:Hardcover:硬面:160"
    ), axis(
        "A5:A5 100 sheets:A5 100张:100:130; B5:B5 100 sheets:B5 100张:130"
    ),
    axis("LN:Ruled:横线:100:140; DT:Dotted:点阵:100:60"))
add("stationery", "STA-CAL", "Inkwell Year Planner {} {}", "墨池 日程本 {} {}", 39, "normal",
    axis("A5:A5:A5; A6:A6:A6:80"), colours("BLK RED GRN"))

each("pets", "high", """
    PET-CATF | Whiskerway Grain-Free Cat Food {} | 须须日记 无谷猫粮 {} | 59 |
        KIT15:Kitten 1.5 kg:幼猫 1.5kg; AD15:Adult 1.5 kg:成猫 1.5kg:95:130; AD6:Adult 6 kg:成猫 6kg:340;
        SEN15:Senior 1.5 kg:老年猫 1.5kg:100:50; AD10:Adult 10 kg:成猫 10kg:530:50
    PET-DOGF | Whiskerway Dog Food {}            | 须须日记 狗粮 {}     | 49 |
        PUP2:Puppy 2 kg:幼犬 2kg; SM2:Small Breed 2 kg:小型犬 2kg:95:120;
        ME10:Medium and Large Breed 10 kg:中大型犬 10kg:410; ME20:Medium and Large Breed 20 kg:中大型犬 20kg:750:40
    PET-WET  | Whiskerway {}                     | 须须日记 {}          | 39 |
        CAN6:Tuna Cat Cans 6 x 170 g:金枪鱼猫罐头 170g×6罐:130; CANC:Chicken Cat Cans 24 x 85 g:鸡肉猫罐头 85g×24罐:280;
        STRP:Cat Lickable Treats 30 sticks:猫条 30支:80:150; FD:Freeze-Dried Chicken 500 g:冻干鸡肉粒 500g:220;
        CHEW:Dental Chews for Dogs 30 pieces:狗狗洁齿骨 30支:100; JERK:Duck Jerky for Dogs 400 g:狗狗鸭肉干 400g:90;
        GOAT:Goat Milk Powder for Pets 200 g:宠物羊奶粉 200g:110; HAIR:Hairball Gel 120 g:化毛膏 120g:120;
        GRAS:Cat Grass Kit:猫草种植套装:50; FISH:Salmon Oil for Pets 250 ml:宠物鲑鱼油 250ml:150
    PET-LIT  | Whiskerway Cat Litter {}          | 须须日记 猫砂 {}     | 25 |
        TOFU6:Tofu 6 L:豆腐砂 6L:100:120; TOFU24:Tofu 4 x 6 L:豆腐砂 6L×4袋:370:140;
        BEN10:Bentonite 10 kg:膨润土砂 10kg:140; MIX24:Mixed 4 x 2.5 kg:混合砂 2.5kg×4袋:300:140
""")
each("pets", "normal", """
    PET-CATG | Whiskerway {} | 须须日记 {} | 79 |
        BOX:Enclosed Litter Box:全封闭猫砂盆:130; AUTO:Self-Cleaning Litter Box:智能自动猫砂盆:1600:20;
        TREE:Cat Tree 140 cm:猫爬架 140cm:240; SCR:Cardboard Scratcher:瓦楞纸猫抓板:40:140;
        WAND:Feather Wand:逗猫棒:25:150; BAG:Breathable Pet Carrier:透气宠物背包:150;
        FEED:Smart Pet Feeder 4 L:智能喂食器 4升:320; FOUN:Pet Water Fountain 2 L:宠物饮水机 2升:130;
        HAIR:De-Shedding Brush:去浮毛梳:50
    PET-DOGG | Whiskerway {} | 须须日记 {} | 49 |
        LEAS:Retractable Lead 5 m:伸缩牵引绳 5米:110:120; HARS:Dog Harness S:狗狗胸背带 S码;
        HARM:Dog Harness M:狗狗胸背带 M码; HARL:Dog Harness L:狗狗胸背带 L码:110;
        PADS:Puppy Pads 100 pieces:宠物尿垫 100片:100:140; BAGS:Waste Bags 20 rolls:拾便袋 20卷:50;
        BEDM:Pet Bed M:宠物窝 M码:150; BEDL:Pet Bed L:宠物窝 L码:210; TOY:Rope Toys 4 pieces:磨牙绳结玩具 4件:60;
        SHAM:Pet Shampoo 500 ml:宠物香波 500ml:100; COAT:Dog Raincoat M:狗狗雨衣 M码:110:40
    PET-FISH | Bluecove {}   | 蓝湾 {}     | 59 |
        TANK30:Glass Fish Tank 30 cm:超白玻璃鱼缸 30cm:200; TANK60:Glass Fish Tank 60 cm:超白玻璃鱼缸 60cm:500:40;
        FOOD:Goldfish Food 500 g:金鱼饲料 500g:50:120; FILT:Tank Filter:鱼缸过滤器:100;
        HEAT:Tank Heater 100W:鱼缸加热棒 100W:80
""")

each("health", "high", """
    HLT-VIT | Wellspring {} | 源健堂 {} | 79  |
        C100:Vitamin C Chewables 100 tablets:维生素C咀嚼片 100片:80:150;
        D90:Vitamin D3 Softgels 90 capsules:维生素D3软胶囊 90粒:100;
        B100:Vitamin B Complex 100 tablets:维生素B族片 100片:85;
        MUL90:Multivitamin 90 tablets:多种维生素矿物质片 90片:130;
        CA120:Calcium with Vitamin D 120 tablets:钙维生素D片 120片:100:130;
        FE60:Iron and Folic Acid 60 tablets:铁叶酸片 60片:80; ZN60:Zinc Lozenges 60 tablets:锌含片 60片:75
    HLT-SUP | Wellspring {} | 源健堂 {} | 129 |
        FISH:Fish Oil 200 capsules:深海鱼油软胶囊 200粒:100:130; LUT:Lutein Esters 60 capsules:叶黄素酯软胶囊 60粒:100;
        GLU:Glucosamine and Chondroitin 120 tablets:氨糖软骨素片 120片:140;
        COQ:Coenzyme Q10 60 capsules:辅酶Q10软胶囊 60粒:130; PRO:Probiotic Powder 30 sachets:益生菌粉 30条:110:130;
        COL:Collagen Peptide Drink 10 x 50 ml:胶原蛋白肽饮 50ml×10瓶:150; MEL:Melatonin 60 tablets:褪黑素片 60片:70;
        WHEY:Whey Protein 1 kg Chocolate:乳清蛋白粉 1kg 巧克力味:170;
        WHEYV:Whey Protein 1 kg Vanilla:乳清蛋白粉 1kg 香草味:170;
        PROT:Soy and Whey Protein 400 g:大豆乳清蛋白粉 400g:130;
        GRAP:Grape Seed Capsules 60 capsules:葡萄籽胶囊 60粒:130; CRAN:Cranberry Tablets 60 tablets:蔓越莓片 60片:90;
        KIDD:Kids' DHA Gummies 60 pieces:儿童DHA软糖 60粒:100; FIB:Psyllium Fibre 30 sachets:膳食纤维粉 30条:70;
        GINS:Ginseng Slices 50 g:人参切片 50g:180:50
""")
each("health", "staple", """
    HLT-MASK | Wellspring {} | 源健堂 {} | 16.9 |
        SUR50:Surgical Masks 50 pieces:医用外科口罩 50只:100:150;
        KIDS50:Kids' Medical Masks 50 pieces:儿童医用口罩 50只; N95:N95 Masks 20 pieces:N95防护口罩 20只:240;
        ALC500:75% Alcohol 500 ml:75%酒精消毒液 500ml:75; PLAS100:Adhesive Plasters 100 pieces:创可贴 100片:80;
        IOD:Iodophor Swabs 50 pieces:碘伏棉签 50支:70; GAUZ:Gauze Bandages 10 rolls:纱布绷带 10卷:90
""")
each("health", "normal", """
    HLT-DEV | Wellspring {} | 源健堂 {} | 199 |
        BP:Upper-Arm Blood Pressure Monitor:上臂式电子血压计:100:140;
        GLU:Blood Glucose Meter with 50 Strips:血糖仪 送50片试纸:75; OXY:Fingertip Pulse Oximeter:指夹式血氧仪:60;
        NEB:Compressor Nebuliser:压缩雾化器:120; TEMP:Digital Thermometer:电子体温计:15:140;
        FOREH:Infrared Forehead Thermometer:红外额温枪:50; CHAIR:Folding Wheelchair:折叠轮椅:400:30;
        CANE:Four-Legged Walking Stick:四脚拐杖:50; CUP:Cupping Set 24 cups:拔罐器 24罐:40;
        MOXA:Moxa Sticks 54 pieces:艾条 54支:35; KIT:First-Aid Kit 120 pieces:家用急救箱 120件:60;
        HOT:Heat Patches 40 pieces:暖宝宝贴 40片:15:160
""")

each("furniture", "low", """
    FUR-CHR  | Oakroom {}                         | 橡居 {}              | 399  |
        MESH:Ergonomic Mesh Office Chair:人体工学网布办公椅:170:140; TASK:Basic Task Chair:简约电脑椅:60:140;
        GAME:Reclining Gaming Chair:可躺电竞椅:180; BAR:Bar Stool:吧台椅:55; STUD:Children's Study Chair:儿童学习椅:150;
        LOUN:Rattan Lounge Chair:藤编休闲椅:140:50
    FUR-DSK  | Oakroom {}                         | 橡居 {}              | 599  |
        DSK12:Writing Desk 120 cm:书桌 120cm; DSK14:Writing Desk 140 cm:书桌 140cm:115;
        LIFT12:Electric Standing Desk 120 cm:电动升降桌 120cm:200:120;
        LIFT14:Electric Standing Desk 140 cm:电动升降桌 140cm:225;
        KIDS:Children's Study Desk 100 cm:儿童学习桌 100cm:160; FOLD:Folding Table 80 cm:折叠桌 80cm:30:120
    FUR-BED  | Oakroom Solid Oak Bed {}           | 橡居 橡木实木床 {}   | 1999 |
        15:1.5 x 2.0 m:1.5×2.0米; 18:1.8 x 2.0 m:1.8×2.0米:115:130
    FUR-MTS  | Restwell Pocket-Spring Mattress {} | 憩安 独立弹簧床垫 {} | 1299 |
        12:1.2 x 2.0 m:1.2×2.0米; 15:1.5 x 2.0 m:1.5×2.0米:120; 18:1.8 x 2.0 m:1.8×2.0米:138:130
    FUR-SOFA | Oakroom {} Sofa                    | 橡居 {}沙发          | 1599 |
        2:Two-Seat Fabric:双人位布艺; 3:Three-Seat Fabric:三人位布艺:130:120; L:L-Shaped Fabric:L形布艺:190;
        LEA:Three-Seat Leather:三人位真皮:330:40; BED:Folding Bed:折叠床:90
    FUR-STO  | Oakroom {}                         | 橡居 {}              | 299  |
        BOOK5:Bookcase 5 Tiers:五层书架; BOOKK:Children's Picture-Book Rack:儿童绘本架:60;
        WARD:Two-Door Wardrobe 120 cm:双门衣柜 120cm:400:50; SHOE:Tip-Out Shoe Cabinet:翻斗鞋柜:150;
        NIGHT:Bedside Table:床头柜:70:120; TVST:TV Stand 180 cm:电视柜 180cm:230;
        COFF:Coffee Table 120 cm:茶几 120cm:190; SIDE:Kitchen Sideboard:餐边柜:260;
        DRES:Dressing Table with Mirror:梳妆台带镜:200; CART:Three-Tier Trolley:三层小推车:30:140
    FUR-DIN  | Oakroom {}                         | 橡居 {}              | 1299 |
        T4:Dining Table with 4 Chairs:一桌四椅餐桌套装; T6:Dining Table with 6 Chairs:一桌六椅餐桌套装:145;
        ROUND:Round Dining Table 130 cm:圆餐桌 130cm:95
""")

each("automotive", "normal", """
    CAR-CAM  | Farport Dash Camera {}              | 远港 行车记录仪 {} | 299 |
        1080:1080p:1080P; 2K:2K with Night Vision:2K夜视:135:130; 4K2:4K Front and Rear:4K前后双录:260:50
    CAR-CARE | Farport {}                          | 远港 {}            | 29  |
        WASH:Car Shampoo 2 L:洗车液 2L:100:120; WAX:Car Wax 300 g:车蜡 300g:170;
        GLAS:Windscreen Washer Fluid 4 x 2 L:玻璃水 2L×4桶:100:140; TOWE:Microfibre Cloths 3 pieces:洗车毛巾 3条:80;
        GUN:Cordless Pressure Washer:无线洗车水枪:900:50; FRES:Car Fragrance Diffuser:车载香薰:170
    CAR-GEAR | Farport {}                          | 远港 {}            | 69  |
        PUMP:Portable Tyre Inflator:便携车载充气泵:250:120; JUMP:Jump Starter 12V:汽车应急启动电源:430;
        VAC:Car Vacuum Cleaner:车载吸尘器:180; MAT5:Universal Floor Mats 5 pieces:通用脚垫5件套:200;
        CUSH:Summer Seat Cushion:夏季坐垫:150; SHAD:Windscreen Sunshade:前挡遮阳伞:60:120; COVER:Car Cover:汽车车衣:170;
        BOOT:Boot Organiser:后备箱收纳箱:110; HAMM:Safety Hammer:安全锤:40; TRI:Warning Triangle:三角警示牌:45
    CAR-OIL  | Farport Full-Synthetic Motor Oil {} | 远港 全合成机油 {} | 229 |
        5W30:5W-30 4 L:5W-30 4L:100:140; 0W20:0W-20 4 L:0W-20 4L:110:120; 5W40:5W-40 4 L:5W-40 4L
    CAR-EV   | Farport {}                          | 远港 {}            | 299 |
        GUN35:Portable EV Charger 3.5 kW:便携式充电枪 3.5kW:200; PILE7:Home EV Charger 7 kW:家用充电桩 7kW:500:50;
        HELM:Electric Bike Helmet:电动车头盔:30:150; RAIN:Electric Bike Poncho:电动车雨衣:25:130
""")

# From products to rows ----------------------------------------------------------------------------------------

# Percent of the products of a category that are also stocked in regional warehouses, and of its SKUs that also have
# stock for live streams.
REGIONAL_PERCENT = defaultdict(lambda: 3, {
    "large-appliances": 45, "furniture": 30, "fresh-food": 35, "food": 12, "beverages": 25, "household": 18,
    "phones": 12, "laptops": 8, "baby": 10, "liquor": 10, "pets": 8, "personal-care": 8, "home-appliances": 6,
})
LIVE_PERCENT = defaultdict(lambda: 4, {
    "makeup": 20, "skincare": 18, "apparel": 14, "shoes": 8, "jewellery": 20, "food": 9, "fresh-food": 10, "tea": 12,
    "liquor": 8, "personal-care": 9, "toys": 6, "kitchen-appliances": 8, "home-appliances": 8, "phones": 5, "books": 3,
    "large-appliances": 0, "furniture": 0,
})

# In these shops' windows a price ends in 8; in the others it ends in 9. Books and gold are priced to the yuan.
ENDING_EIGHT = {"food", "fresh-food", "beverages", "tea", "liquor"}
EXACT_YUAN = {"books", "jewellery"}

# Bounds that every price of a category must keep, in yuan: a slip in a percentage shows up here.
PRICE_YUAN = {
    "phones": (150, 13_000), "tablets": (50, 6_000), "laptops": (1_500, 15_000), "computer-accessories": (25, 4_000),
    "phone-accessories": (15, 500), "audio": (30, 4_000), "wearables": (50, 2_500), "cameras": (50, 4_500),
    "large-appliances": (200, 16_000), "kitchen-appliances": (35, 3_500), "home-appliances": (25, 6_000),
    "makeup": (15, 700), "skincare": (15, 1_500), "personal-care": (5, 150), "household": (6, 300),
    "home-textiles": (15, 3_000), "kitchenware": (14, 700), "food": (4, 1_600), "fresh-food": (15, 350),
    "beverages": (20, 180), "tea": (20, 2_000), "liquor": (20, 7_000), "apparel": (25, 1_500), "shoes": (25, 1_500),
    "bags": (35, 2_000), "jewellery": (80, 80_000), "toys": (15, 3_000), "sports": (15, 3_500), "baby": (10, 1_500),
    "books": (20, 150), "stationery": (8, 350), "pets": (15, 1_500), "health": (8, 1_000), "furniture": (80, 6_000),
    "automotive": (15, 1_600),
}


def nearest(value, step):
    return (value + step // 2) // step * step


# From this price on: round to this step, then take this much off. In cents.
PRICE_STEPS = ((1_000_000, 50_000, 100), (100_000, 10_000, 100), (5_000, 1_000, 100))


def shelf_price(cents, category):
    """The price as a shop would print it."""
    if category in EXACT_YUAN:
        return nearest(cents, 100)
    eight = category in ENDING_EIGHT
    for start, step, off in PRICE_STEPS:
        if cents >= start:
            return nearest(cents, step) - (2 * off if eight else off)
    return cents // 100 * 100 + (80 if eight else 90)


def lognormal(median, percent, *what):
    """A positive integer around the median, times percent."""
    factor = (SPREAD * normal(*what)).exp()
    return max(1, round(Decimal(median) * percent / 100 * factor))


def variants():
    hot = dict(SALE_UNITS)
    for product in PRODUCTS:
        for options in itertools.product(*product.axes):
            price = math.prod((o.price_percent for o in options), start=product.cents)
            demand = math.prod((Decimal(o.demand_percent) / 100 for o in options), start=Decimal(100))
            sku = "-".join((product.code, *(o.code for o in options)))
            yield Variant(
                sku=sku,
                product=product,
                en=product.en.format(*(o.en for o in options)),
                zh=product.zh.format(*(o.zh for o in options)),
                cents=shelf_price(price // 100 ** len(options), product.category),
                # What the sale sells was bought on top of the normal stock.
                quantity=lognormal(LEVELS[product.level], demand, "quantity", sku) + hot.get(sku, 0),
            )


def pools(variant):
    """(pool, quantity) of one SKU, main first."""
    category, code = variant.product.category, variant.product.code
    yield "main", variant.quantity
    if chance(REGIONAL_PERCENT[category], "regional", code):
        for region in REGIONS:
            if chance(60, "region", code, region):
                yield region, max(1, variant.quantity * (15 + draw("share", variant.sku, region) % 46) // 100)
    if chance(LIVE_PERCENT[category], "live", variant.sku):
        yield "live", max(1, variant.quantity * (10 + draw("share", variant.sku, "live") % 71) // 100)


def rows():
    for variant in variants():
        for pool, quantity in pools(variant):
            yield variant.sku, variant.en, variant.zh, variant.product.category, variant.cents, pool, quantity


# The sale -----------------------------------------------------------------------------------------------------

# (SKU, units). Scarce and plentiful goods side by side: some sell out in the first second, some never do.
SALE_UNITS = (
    ("PHN-AUR12-256-BLK", 800),
    ("PHN-AUR12P-512-BLK", 200),
    ("PHN-LUMF2-256-BLK", 30),
    ("AUD-EB-PRO-WHT", 600),
    ("LAG-TV-65", 120),
    ("HAP-ROBOT-R9", 150),
    ("KIT-AIRF-5L", 500),
    ("TOY-CON-FES", 60),
    ("TOY-BLIND-FES-12", 100),
    ("SHO-LTD-41", 40),
    ("SHO-LTD-42", 40),
    ("COS-LIP-MAT-01", 1_200),
    ("COS-GIFT-6", 150),
    ("SKN-SUN-60", 800),
    ("JWL-BAR-5", 50),
    ("LIQ-RC15-1", 480),
    ("BAB-PUL-L", 2_000),
    ("BEV-MILK-WHO", 3_000),
    ("FOO-RICE-NE5", 3_000),
    ("HOM-TIS-24", 5_000),
)

SALE = {
    "description": "A flash sale on catalogue.csv, for demonstrations, load tests and drills; see README.md.",
    "id": "FRIDAY-20H",
    "title": {"zh": "周五秒杀夜 · 晚八点开抢", "en": "Friday Flash Night: Doors Open at 8 pm"},
    "start": "+30s",
    "end": "+630s",
    "paymentTime": "5m",
    "limits": [{"dimension": "user", "units": 5}],
    "unpaid": "allow",
    "flagged": "defer",
    "sourcePool": "main",
    "drill": {
        "orders": 50_000,
        "cartPercent": 15,
        "cartLinesMax": 3,
        "confirmPercent": 72,
        "cancelPercent": 8,
        "abandonPercent": 20,
    },
    "items": [{"sku": sku, "units": units} for sku, units in SALE_UNITS],
}


# Checks -------------------------------------------------------------------------------------------------------


def require(condition, sentence):
    if not condition:
        sys.exit(f"generate.py: {sentence}")


def verify(table):
    """Stops if the tables above break a promise that README.md makes."""
    keys, names_en, names_zh, in_main = set(), {}, {}, {}
    for sku, en, zh, category, cents, pool, quantity in table:
        require(re.fullmatch(r"[A-Z0-9-]{1,64}", sku), f"{sku!r} is not a valid key")
        require((sku, pool) not in keys, f"{sku}@{pool} occurs twice")
        require(pool == "main" or (sku, "main") in keys, f"{sku}@{pool} comes before its main row")
        require(1 <= quantity <= QUANTITY_MAX, f"{sku}@{pool} has quantity {quantity}")
        low, high = PRICE_YUAN[category]
        require(low * 100 <= cents <= high * 100, f"{sku} costs {cents} cents, which does not fit {category}")
        for names, name in ((names_en, en), (names_zh, zh)):
            require(names.setdefault(name, sku) == sku, f"{sku} and {names[name]} are both called {name!r}")
            require(name == " ".join(name.split()) and "{" not in name, f"{sku} is called {name!r}")
        keys.add((sku, pool))
        if pool == "main":
            in_main[sku] = quantity
    require(len(in_main) >= 3_000, f"only {len(in_main)} SKUs")
    require(len(dict(SALE_UNITS)) == len(SALE_UNITS), "the sale names an item twice")
    for sku, units in SALE_UNITS:
        require(units <= in_main.get(sku, 0), f"the sale offers {units} of {sku}, which has {in_main.get(sku, 0)}")
    outcomes = sum(SALE["drill"][name] for name in ("confirmPercent", "cancelPercent", "abandonPercent"))
    require(outcomes == 100, f"the outcomes of the sale add up to {outcomes} %")


# Output -------------------------------------------------------------------------------------------------------


def catalogue_text(table):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(table)
    return text.getvalue()


def sale_text():
    return json.dumps(SALE, ensure_ascii=False, indent=2) + "\n"


def percentile(ordered, percent):
    """Nearest rank."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def print_table(header, lines):
    print("| " + " | ".join(header) + " |")
    print("|---" + "|---:" * (len(header) - 1) + "|")
    for line in lines:
        print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in line) + " |")
    print()


def print_summary(table):
    by_pool, by_category, prices = defaultdict(list), defaultdict(list), defaultdict(list)
    for _, _, _, category, cents, pool, quantity in table:
        by_pool[pool].append(quantity)
        if pool == "main":
            by_category[category].append(quantity)
            prices[category].append(cents)
    ordered = sorted(by_pool["main"])
    elsewhere = len({row[0] for row in table if row[5] != "main"})
    units = sum(map(sum, by_pool.values()))
    print(f"{len(ordered):,} SKUs in {len(by_category)} categories, {len(table):,} rows, {units:,} units.")
    print(f"{elsewhere:,} SKUs ({elsewhere * 100 / len(ordered):.1f} %) have stock outside `main`.")
    shares = [f"{sum(ordered[-len(ordered) * p // 100:]) * 100 / sum(ordered):.0f} %" for p in (1, 10)]
    print(f"In `main`, 1 % of the SKUs hold {shares[0]} of the units and 10 % hold {shares[1]}.\n")

    percents = (1, 10, 25, 50, 75, 90, 99)
    print_table(
        ("pool", "rows", "units", "least", *(f"p{p}" for p in percents), "most"),
        (
            (f"`{pool}`", len(q), sum(q), min(q), *(percentile(sorted(q), p) for p in percents), max(q))
            for pool, q in by_pool.items()
        ),
    )
    print_table(
        ("category", "SKUs", "price in CNY", "median quantity", "most"),
        (
            (name, len(q), "{:,.2f} to {:,.2f}".format(min(p) / 100, max(p) / 100), percentile(sorted(q), 50), max(q))
            for (name, q), p in zip(by_category.items(), prices.values())
        ),
    )


def main():
    parser = argparse.ArgumentParser(description="Generates catalogue.csv and sale.json beside this script.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file on disk differs")
    mode.add_argument("--summary", action="store_true", help="write nothing; print the tables of README.md")
    arguments = parser.parse_args()

    table = list(rows())
    verify(table)
    if arguments.summary:
        print_summary(table)
        return 0

    status = 0
    for name, text in (("catalogue.csv", catalogue_text(table)), ("sale.json", sale_text())):
        path, content = FOLDER / name, text.encode()
        if not arguments.check:
            path.write_bytes(content)
        elif not path.is_file() or path.read_bytes() != content:
            print(f"{name} differs from what generate.py makes", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
