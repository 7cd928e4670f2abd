"""所得台帳 of かすみ町: two hundred and some columns a person and year, whose sums hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rehearsal.kasumi.residents import Person, Row, dotted_day

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["COLUMNS", "shotoku"]

KINDS = (
    *("eigyo", "nogyo", "jigyo", "fudosan", "rishi", "haito", "kyuyo", "nenkin", "zatsu", "tanki", "choki", "ichiji"),
    *("bun_tan", "bun_tan_kei", "bun_cho", "bun_cho_toku", "bun_cho_kei", "kabu", "jojo_kabu", "jojo_haito"),
    *("sakimono", "sanrin", "taishoku"),
)
_PARTS = ("shunyu", "keihi", "tokubetsu", "shotoku", "tsusan", "kurikoshi")
_DEDUCTIONS = (
    *("zasson", "iryo", "shaho", "shokibo", "seimei", "jishin", "kifu", "shogai", "kafu", "kaufu", "gakusei"),
    *("haigu", "haitoku", "fuyo", "kiso"),
)
_CREDITS = ("chosei", "haito_kojo", "jutaku", "kifu_zei", "gaikoku", "haitowari", "kabuwari")
_FLAGGED = {"shogai": 0, "kafu": 2, "kaufu": 4, "gakusei": 5}
"""A deduction that is there just when a mark is: the mark's place."""

COLUMNS = (
    *("levy_year", "addressee_no", "report", "reported_on", "decided_on", "corrected_on", "corrected_why"),
    *(f"{kind}_{part}" for kind in KINDS for part in _PARTS),
    *(f"{one}_{tax}" for one in _DEDUCTIONS for tax in ("shotokuzei", "juminzei")),
    "flags",
    *(f"{one}_{tax}" for one in _CREDITS for tax in ("shi", "ken")),
    *("gokei", "sogo", "kojo", "hyojun", "shotokuwari_shi", "shotokuwari_ken"),
    *(f"fuyo{n}_{part}" for n in range(1, 7) for part in ("rel", "birth", "dis")),
    *(f"{kind}_wari" for kind in KINDS[:-1]),
    *("remark", "iryo_toku", "kojo_shotokuzei", "tokubetsu_kei", "void_flag", "hold_flag"),
    *("birth_date", "sex", "kana", "address_code", "number_known", "dv_flag"),
)


def shotoku(random: Generator, people: list[Person]) -> list[Row]:
    """Of every grown-up the years 2015 (out of scope, a few), 2016, and 2017 as far as it is decided."""
    rows = []
    for person in people:
        if person.resident and person.born < date(1996, 1, 1):
            rows += [_year(random, person, year) for year in (2015, 2016, 2017) if _has(random, year)]
    return rows


def _has(random: Generator, year: int) -> bool:
    return bool(random.random() < {2015: 0.1, 2016: 0.8, 2017: 0.3}[year])


def _year(random: Generator, person: Person, year: int) -> Row:
    report = str(random.choice(["確", "住", "給", "年", "無"]))
    told = report in {"確", "住"}
    decided = date(year, 6, int(random.integers(1, 10)))
    corrected = random.random() < 0.15 and year < 2017
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "levy_year": str(year),
        "addressee_no": person.addressee,
        "report": report,
        "reported_on": dotted_day(date(year, 3, int(random.integers(1, 16)))) if told else "",
        "decided_on": "" if random.random() < 0.02 else dotted_day(decided),
        "corrected_on": dotted_day(date(year, 9, int(random.integers(1, 29)))) if corrected else "",
        "corrected_why": str(random.choice(["修", "請", "職"])) if corrected else "",
        "remark": str(random.choice(["", "", "髙額の医療費", "町外の事業所"])),
        "iryo_toku": str(random.choice(["特", "－"])),
        "void_flag": "1" if random.random() < 0.02 else "0",
        "hold_flag": "1" if random.random() < 0.02 else "0",
        **person.known,
    }
    gains = _incomes(random, row)
    _deductions(random, row)
    _taxes(random, row, gains)
    _dependants(random, row)
    return row


def _incomes(random: Generator, row: Row) -> list[str]:
    """What came in by kind; a loss of one kind is taken off another (損益通算): the sum stays."""
    chosen = [KINDS[n] for n in sorted(random.choice(len(KINDS), int(random.integers(2, 7)), replace=False))]
    after = {}
    for kind in KINDS:
        row[f"{kind}_shotoku"] = "0"
    for kind in chosen:
        takings = int(random.integers(2_000, 90_000)) * 100
        costs, special = takings // int(random.integers(3, 9)), int(random.integers(1, 500)) * 100
        row |= {f"{kind}_shunyu": str(takings), f"{kind}_keihi": str(costs), f"{kind}_tokubetsu": str(special)}
        after[kind] = takings - costs - special
        row[f"{kind}_shotoku"] = str(after[kind])
    if random.random() < 0.4:
        loss = int(random.integers(1, 800)) * 100
        row[f"{chosen[0]}_keihi"] = str(int(row[f"{chosen[0]}_keihi"]) + after[chosen[0]] + loss)
        row[f"{chosen[0]}_shotoku"] = str(-loss)
        after[chosen[0]] = 0
        after[chosen[-1]] -= loss
    carried = 0
    for kind, left in after.items():
        row[f"{kind}_tsusan"] = str(left)
        if left > 0 and random.random() < 0.5:
            row[f"{kind}_kurikoshi"] = str(left // 7)
            carried += left // 7
    row["tokubetsu_kei"] = str(sum(int(row[f"{kind}_tokubetsu"]) for kind in chosen))
    row |= {"gokei": str(sum(after.values())), "sogo": str(sum(after.values()) - carried)}
    return chosen


def _deductions(random: Generator, row: Row) -> None:
    marks = ["1" if random.random() < 0.25 else "0" for _ in range(15)]
    marks[1] = marks[1] if marks[0] == "1" else "0"
    marks[3] = marks[3] if marks[2] == "1" else "0"
    national = local = 0
    for one in _DEDUCTIONS:
        there = marks[_FLAGGED[one]] == "1" if one in _FLAGGED else one == "kiso" or random.random() < 0.4
        less = int(random.integers(1, 3_000)) * 100 if there else 0
        more = less + int(random.integers(1, 500)) * 100 if there else 0
        row |= {f"{one}_juminzei": str(less), f"{one}_shotokuzei": str(more)}
        national, local = national + more, local + less
    row |= {"flags": "".join(marks), "kojo": str(local), "kojo_shotokuzei": str(national)}


def _taxes(random: Generator, row: Row, gains: list[str]) -> None:
    """課税標準額 in thousands; six hundredths for the town, four for the prefecture, less what each credits."""
    base = max(int(row["sogo"]) - int(row["kojo"]), 0) // 1000 * 1000
    row["hyojun"] = str(base)
    whole = 0
    for tax, share in (("shi", 6), ("ken", 4)):
        left = base * share // 100
        for credit in _CREDITS:
            if random.random() < 0.5:
                off = int(left * random.random() * 0.2)
                row[f"{credit}_{tax}"] = str(off)
                left -= off
        row[f"shotokuwari_{tax}"] = str(left)
        whole += left
    there = [kind for kind in gains if kind != "taishoku"]
    for place, kind in enumerate(there):
        part = whole if place == len(there) - 1 else whole // 3
        row[f"{kind}_wari"] = str(part)
        whole -= part


def _dependants(random: Generator, row: Row) -> None:
    """Up to six, without a gap; the spouse first. Some birthdays are known to the month only."""
    count = int(random.choice([0, 1, 2, 6], p=[0.4, 0.2, 0.2, 0.2]))
    for n in range(1, count + 1):
        born = date(int(random.integers(1930, 2012)), int(random.integers(1, 13)), int(random.integers(1, 29)))
        text = dotted_day(born)
        row |= {
            f"fuyo{n}_rel": "配" if n == 1 and random.random() < 0.5 else str(random.choice(["子", "親", "他"])),
            f"fuyo{n}_birth": f"{text[:-2]}00" if random.random() < 0.05 else text,
            f"fuyo{n}_dis": str(random.choice(["－", "普", "特"])),
        }
