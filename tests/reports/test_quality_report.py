from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import pytest

from fukuhon.reports import EvidenceFacts, TrendPoint, quality_report
from fukuhon.reports.quality_report import equations, judgement, steps
from fukuhon.reports.style import Numbers
from fukuhon.reports.waiting_facts import ages_of

INSIDE = Numbers(outside=False)
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """What a reader of the page needs: headings, texts, attributes, and whether every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tables = self.captions = 0
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens."""
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is closed at once."""
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """It must be what was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        if "style" not in self._open:
            self.text += data
        if self.headings and self._open and re.fullmatch("h[1-6]", self._open[-1]):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)


@pytest.fixture(params=["example", "stopped", "clean"])
def page(request: pytest.FixtureRequest, examples: SimpleNamespace) -> Page:
    """Each example as a parsed page."""
    return Page(quality_report(getattr(examples, request.param)()))


def test_nothing_comes_from_outside(page: Page) -> None:
    """One file on a closed network: no script, no address, no font, and a policy that says so."""
    tags = {tag for tag, _, _ in page.attributes}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    assert [name for _, name, _ in page.attributes if name.startswith("on") or name == "src"] == []
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len({*ids})
    links = {value for _, name, value in page.attributes if name == "href"}
    assert links <= {f"#{value}" for _, name, value in page.attributes if name == "id"}
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes


def test_no_address_stands_in_the_style(examples: SimpleNamespace) -> None:
    """Patterns inside the page may be referred to, nothing else."""
    html = quality_report(examples.example())
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {"#dots", "#lines"}
    assert "@import" not in html
    assert "http" not in html.replace('http-equiv="', "")


def test_a_screen_reader_finds_its_way(page: Page) -> None:
    """Language, one first heading, no level left out, a caption for each table, a name for each section."""
    assert ("html", "lang", "ja") in page.attributes
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.tables == page.captions > 0
    labelled = {value for _, name, value in page.attributes if name == "aria-labelledby"}
    assert labelled <= {value for _, name, value in page.attributes if name == "id"}


def test_every_head_of_a_table_has_a_scope(examples: SimpleNamespace) -> None:
    """th without scope is read out wrongly."""
    html = quality_report(examples.example())
    assert [tag for tag in re.findall(r"<th[ >][^>]*", html) if "scope=" not in tag] == []


def test_results_are_told_in_words_not_by_colour_alone(examples: SimpleNamespace) -> None:
    """Each mark carries a shape and a word."""
    html = quality_report(examples.stopped())
    marks = re.findall(r'<span class="mark [a-z]+">([^<]*)</span>', html)
    assert marks
    assert all(re.fullmatch(r"[✓✕■▲▼●－] \S.*", mark) for mark in marks)


def test_the_verdict_comes_first(page: Page) -> None:
    """Before any table an officer knows whether the 副本 may be registered."""
    assert re.match("登録できます|この副本は登録できません", page.headings[1][1])


@pytest.mark.parametrize(
    ("name", "level", "told"),
    [
        ("clean", "ok", "登録できます。すべての検査に適合しました。"),
        ("example", "partial", "登録できます。ただし23件は留め置き、正本の訂正を待ちます。"),
        ("stopped", "stop", "この副本は登録できません。何も送信していません。"),
    ],
)
def test_one_sentence_says_it(examples: SimpleNamespace, name: str, level: str, told: str) -> None:
    """Three outcomes: success, partial, stopped."""
    verdict = judgement(getattr(examples, name)(), INSIDE)
    assert (verdict.level, verdict.sentence) == (level, told)


def test_after_the_registration_it_says_what_was_registered(examples: SimpleNamespace) -> None:
    """Once there are results the sentence is about them, errors of the server first."""
    facts = examples.clean()

    def with_results(errors: int) -> object:
        results = {"filed": 10, "superseded": 0, "queued": 0, "in_doubt": 0, "waiting": 0, "rejected_whole": 0}
        results |= {
            "processed": 10,
            "ok": 10 - errors,
            "errors": errors,
            "new": 10 - errors,
            "overwritten": 0,
            "deleted": 0,
        }
        counts = examples.counts(10, 0, 0, 0, 0) | results
        return replace(facts, datasets=(replace(facts.datasets[0], variations={"全件": counts}),))

    assert judgement(with_results(0), INSIDE).sentence == "10件を登録しました。すべての検査に適合しています。"
    assert judgement(with_results(2), INSIDE).level == "partial"
    assert "8件を登録しました" in judgement(with_results(2), INSIDE).sentence
    assert len(equations(with_results(0).total)) == 6


def test_a_sum_that_does_not_close_stops(examples: SimpleNamespace) -> None:
    """In one variation, hidden by another: it is found all the same."""
    facts = examples.clean()
    first, second = facts.datasets
    broken = {name: dict(counts) for name, counts in first.variations.items()}
    broken["特別徴収"]["out_of_scope"] += 1
    broken["普通徴収"]["out_of_scope"] -= 1
    verdict = judgement(replace(facts, datasets=(replace(first, variations=broken), second)), INSIDE)
    assert verdict.level == "stop"
    assert len(verdict.reasons) == 2
    assert "個人住民税課税情報（特別徴収）" in verdict.reasons[0]


def test_a_check_that_was_not_run_stops(examples: SimpleNamespace) -> None:
    """Declared, loaded, run: three numbers, one of them short."""
    facts = replace(examples.clean(), evidence=(EvidenceFacts(examples.LEVY, 16, 16, 15, "1.24.1"),))
    assert judgement(facts, INSIDE).level == "stop"
    assert any(step.who == "保守業者" for step in steps(facts, INSIDE))


def test_a_count_that_differs_from_the_originals_stops(examples: SimpleNamespace) -> None:
    """The incident of the setting left out."""
    verdict = judgement(examples.stopped(), INSIDE)
    assert "個人住民税課税情報（年金特別徴収）の件数が正本と一致しません。" in verdict.reasons


def test_findings_say_what_where_why_and_who(examples: SimpleNamespace) -> None:
    """Wording, count, what it guards against, how to correct, the next step, who does it; the worst first."""
    text = Page(quality_report(examples.stopped())).text
    stop, hold = text.index("■ 登録を止めた検査"), text.index("▲ 記録を留め置いた検査")
    assert stop < hold < text.index("● 知らせるだけの検査")
    for part in (
        "生年月日と性別が、宛名台帳のものと一致すること",
        "家族や別人の税情報",
        "正しい人の番号に付け替える",
        "特別徴収 7件、普通徴収 5件",
    ):
        assert part in text


def test_many_findings_have_a_list_first(examples: SimpleNamespace) -> None:
    """Above five, an overview that leads to each; below, the findings alone."""
    assert "適合しなかった検査の一覧" not in quality_report(examples.example())
    html = quality_report(examples.stopped())
    assert "適合しなかった検査の一覧" in html
    listed = html.split("適合しなかった検査の一覧")[1].split("</table>")[0]
    assert listed.count('href="#finding-') == html.count('<article id="finding-') == 6


def test_every_step_names_somebody(examples: SimpleNamespace) -> None:
    """No dead end: there is always a next step, if only that nothing is to be done."""
    for facts in (examples.example(), examples.stopped(), examples.clean()):
        assert all(step.who and step.what for step in steps(facts, INSIDE))
        assert steps(facts, INSIDE)


def test_all_rules_are_listed_with_their_result(examples: SimpleNamespace) -> None:
    """Also those that held, and those that had nothing to compare with."""
    text = Page(quality_report(examples.clean())).text
    assert all(rule.id in text for rule in examples.clean().rules)
    assert "－ 比較なし" in text


def test_hashes_stand_in_full(examples: SimpleNamespace) -> None:
    """A file is the one that was checked only if the whole hash is the same."""
    html = quality_report(examples.example())
    assert all(file.sha256 in html for file in examples.example().files)


def test_text_is_text(examples: SimpleNamespace) -> None:
    """Whatever stands in a rule or a name is shown, not run."""
    facts = examples.example()
    evil = "<script>alert(1)</script>\"'"
    rules = (replace(facts.rules[0], wording=evil, by_variation={evil: 3}), *facts.rules[1:])
    run = replace(facts.run, body_name=evil)
    html = quality_report(replace(facts, rules=rules, run=run))
    assert "<script" not in html
    assert "</style" not in html.split("</style>", 1)[1]


def test_it_says_what_became_of_what_was_held_back(examples: SimpleNamespace) -> None:
    """Both sides of the sum by dataset, the ages, and how each way out is taken."""
    text = Page(quality_report(examples.example())).text
    assert re.search(r"個人住民税課税情報\s*39\s*9\s*21\s*3\s*2\s*0\s*1\s*21\s*✓ 一致", text)
    assert re.search(r"合計\s*41\s*9\s*21\s*3\s*2\s*0\s*1\s*23\s*✓ 一致", text)
    assert "2月1日から96日" in text
    assert "91日以上" in text
    assert all(case in text for case in ("正本が誤り", "正本が正しい", "登録すべきでない"))
    assert "訂正一覧（訂正一覧-tax.xlsx、実行のフォルダー）" in text


def test_a_record_that_is_lost_shows_in_the_sum(examples: SimpleNamespace) -> None:
    """One fewer went than was found: told at its dataset."""
    facts = examples.example()
    standings = {**facts.waiting.standings}
    standings[examples.NOTICE] = {**standings[examples.NOTICE], "waiting": 1}
    text = Page(quality_report(replace(facts, waiting=replace(facts.waiting, standings=standings)))).text
    assert re.search(r"個人住民税納付情報\s*2\s*0\s*0\s*0\s*0\s*0\s*0\s*1\s*✕ 不一致", text)


def test_what_has_waited_long_is_a_step(examples: SimpleNamespace) -> None:
    """Beyond thirty days somebody has to decide; before, nobody is told to."""
    facts = examples.example()
    (told,) = [step.what for step in steps(facts, INSIDE) if "30日を超えて" in step.what]
    assert "待っている記録が2件あります（最も古いものは96日）。" in told
    young = replace(facts.waiting, ages=(9, 8, 6, 0, 0))
    assert not [step for step in steps(replace(facts, waiting=young), INSIDE) if "30日を超えて" in step.what]


def test_each_rule_has_its_trend(examples: SimpleNamespace) -> None:
    """More, fewer, the same, no more: in words; and the chart says its counts to who cannot see it."""
    html = quality_report(examples.example())
    assert re.findall(r'<span class="mark [a-z]+">([▲▼－✓] (?:増えた|減った|同じ|なくなった)[^<]*)<', html) == [
        *("▼ 減った 13", "▲ 増えた 4", "－ 同じ", "✓ なくなった")
    ]
    assert 'aria-label="古い順に 61件、44件、36件、25件、12件"' in html
    assert 'aria-label="古い順に ―、24件、19件、14件、0件"' in html


@pytest.mark.parametrize(
    ("days", "counted"), [([], (0, 0, 0, 0, 0)), ([0, 1, 7, 8, 30, 31, 90, 91, 400], (1, 2, 2, 2, 2))]
)
def test_ages_fall_into_one_class_each(days: list[int], counted: tuple[int, ...]) -> None:
    """The edges belong to the younger class."""
    assert ages_of(days) == counted


class TestOutside:
    """The version that leaves the site."""

    def test_small_counts_are_not_told(self, examples: SimpleNamespace) -> None:
        """Under 10: not the number itself, in no table, sentence or chart."""
        text = Page(quality_report(examples.example(), outside=True)).text
        assert "10件未満" in text
        assert re.findall(r"(?<![0-9,.約])[1-9]件", text) == []

    def test_other_counts_are_rounded(self, examples: SimpleNamespace) -> None:
        """So that no small one can be worked out from the rest."""
        text = Page(quality_report(examples.example(), outside=True)).text
        shown = [int(count.replace(",", "")) for count in re.findall(r"約([0-9,]+)", text)]
        assert shown
        assert all(count % 10 == 0 for count in shown)
        assert "22,150" in text
        assert "21,284" not in text

    def test_no_chart_draws_what_is_not_told(self, examples: SimpleNamespace) -> None:
        """Two runs that differ only in counts under 10, or in the last digit of others, look the same."""

        def with_counts(small: int, large: int) -> str:
            facts = examples.example()
            held = replace(facts.datasets[0], variations={"全件": examples.counts(20_000, 0, 0, small, large)})
            trends = tuple(replace(trend, counts=(large, small)) for trend in facts.waiting.trends)
            ages = (small, large, 0, 0, 0)
            trend = (TrendPoint(facts.run.day, 20_000, large), TrendPoint(facts.run.day, 20_000, small))
            waiting = replace(facts.waiting, trends=trends, ages=ages)
            html = quality_report(replace(facts, datasets=(held,), trend=trend, waiting=waiting), outside=True)
            return "".join(re.findall(r"<(?:rect|polyline|circle)[^>]*>", html))

        assert with_counts(1, 52) == with_counts(9, 53)
        assert with_counts(1, 52) != with_counts(1, 92)

    def test_names_of_files_stay_inside(self, examples: SimpleNamespace) -> None:
        """Neither the list of corrections nor the files' names; their hashes may go."""
        html = quality_report(examples.example(), outside=True)
        assert "xlsx" not in html
        assert ".xml" not in html
        assert examples.example().files[0].sha256 in html
        assert "外部提出用" in html


@pytest.mark.parametrize(
    ("number", "inside", "outside"),
    [
        (0, "0件", "0件"),
        (1, "1件", "10件未満"),
        (9, "9件", "10件未満"),
        (10, "10件", "約10件"),
        (12345, "12,345件", "約12,340件"),
    ],
)
def test_counts_as_they_are_shown(number: int, inside: str, outside: str) -> None:
    """Thousands inside; outside none under 10, others to tens."""
    assert Numbers(outside=False).records(number) == inside
    assert Numbers(outside=True).records(number) == outside


def test_a_single_run_has_no_trend(examples: SimpleNamespace) -> None:
    """One point is no line."""
    facts = replace(examples.example(), trend=examples.example().trend[:1])
    assert "対象の記録のうち留め置いた割合" not in quality_report(facts)


def test_a_long_trend_labels_ten_points_the_newest_among_them(examples: SimpleNamespace) -> None:
    """Labels that overlap are no labels."""
    facts = examples.example()
    days = [facts.run.day.replace(day=day) for day in range(1, 29)]
    trend = tuple(TrendPoint(day, 1000, day.day) for day in days)
    chart = (
        quality_report(replace(facts, trend=trend)).split('aria-label="留め置きの割合の推移', 1)[1].split("</svg>")[0]
    )
    labels = re.findall(r">(5/[0-9]+)</text>", chart)
    assert len(labels) <= 10
    assert labels[-1] == "5/28"


def test_nothing_read_is_a_page_too(examples: SimpleNamespace) -> None:
    """An empty extract: no division by nothing."""
    facts = examples.clean()
    empty = tuple(replace(d, variations={"全件": examples.counts(0, 0, 0, 0, 0)}) for d in facts.datasets)
    assert "登録できます" in Page(quality_report(replace(facts, datasets=empty, rules=()))).text
