"""The shipped thesaurus: what its file must be, what it finds in a text, what it must not join."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from kb.documents import Language
from kb.errors import BadRequest, IndexDamaged
from kb.thesaurus import Stems, Thesaurus

SHIPPED = Path(__file__).resolve().parents[1] / "corpus" / "thesaurus.toml"

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

LATIN = re.compile("[a-zA-Z]")
CYRILLIC = re.compile("[\u0400-\u052f]")

# Stems of terms that stand in several concepts: words with two meanings, words of one family that
# the stemmer does not tell apart (plan, planning), and words that only look alike to it (уақытша).
SEVERAL_CONCEPTS = {
    ENGLISH: """
        access, adopt child, applic, arbitr, bank, cost, digit, inspector, insur, labour
        inspector, mediat, pay, pension, plan, price, regul, report, school, secur,
        standard, state servic, translat
    """,
    RUSSIAN: """
        беремен, времен, област, обществен, отработк, сократ, сокраща, сокращен,
        специальн, суд
    """,
    KAZAKH: """
        адам, бизнес, біл, бірлес, жағдай, келіс, көрсет, мемлекеттік қызмет, сақта, тармақ,
        уақыт, қос, қысқарт, ұсын
    """,
}


@cache
def shipped() -> Thesaurus:
    return Thesaurus.read(SHIPPED)


def found(text: str, language: Language) -> list[str]:
    """Return what the thesaurus finds: one concept's id each, or several joined by `+`."""
    return [
        "+".join(concept.id for concept in mention.concepts)
        for mention in shipped().mentions(text, language)
    ]


def test_it_is_large_and_every_concept_has_its_own_id() -> None:
    ids = Counter(concept.id for concept in shipped().concepts)
    assert len(ids) >= 400
    assert not [concept for concept, count in ids.items() if count > 1]


@pytest.mark.parametrize("language", Language)
def test_every_term_can_be_found(language: Language) -> None:
    lost = [
        (concept.id, term)
        for concept in shipped().concepts
        for term in concept.terms(language)
        if not any(
            concept in mention.concepts
            for mention in shipped().mentions(term, language)
            if mention.stems == shipped().stems(term, language)
        )
    ]
    assert not lost


@pytest.mark.parametrize("language", Language)
def test_a_term_is_written_in_the_letters_of_its_language(language: Language) -> None:
    foreign = CYRILLIC if language is ENGLISH else LATIN
    assert not [
        (concept.id, term)
        for concept in shipped().concepts
        for term in concept.terms(language)
        if foreign.search(term)
    ]


@pytest.mark.parametrize("language", Language)
def test_a_term_stands_in_one_concept_unless_it_is_listed(language: Language) -> None:
    holders: defaultdict[Stems, set[str]] = defaultdict(set)
    for concept in shipped().concepts:
        for _, stems in shipped().alternatives(concept, language):
            holders[stems].add(concept.id)
    several = {" ".join(stems) for stems, ids in holders.items() if len(ids) > 1}
    assert several == {" ".join(stems.split()) for stems in SEVERAL_CONCEPTS[language].split(",")}


@pytest.mark.parametrize("language", Language)
def test_a_concept_names_no_term_twice(language: Language) -> None:
    assert not [
        (concept.id, term)
        for concept in shipped().concepts
        for term, count in Counter(concept.terms(language)).items()
        if count > 1
    ]


@pytest.mark.parametrize(
    ("language", "text", "concepts"),
    [
        (RUSSIAN, "Могут ли меня уволить в декрете?", ["dismissal", "maternity-leave"]),
        (RUSSIAN, "отпуском по беременности и родам", ["maternity-leave"]),
        (RUSSIAN, "Начальник задерживает зарплату", ["manager", "wage-arrears"]),
        (RUSSIAN, "беременную женщину уволили", ["pregnant-worker", "dismissal"]),
        (RUSSIAN, "хочу уйти по собственному желанию", ["resignation"]),
        (RUSSIAN, "взыскать долг", ["recovery", "debt"]),
        (RUSSIAN, "на испытательном сроке", ["probation"]),
        (RUSSIAN, "обжаловать выговор", ["complaint", "reprimand"]),
        (RUSSIAN, "вышла замуж", ["marriage"]),
        (RUSSIAN, "работаю сверхурочно без доплаты", ["overtime", "supplementary-pay"]),
        (RUSSIAN, "перевели на другую должность", ["transfer", "position"]),
        (RUSSIAN, "профсоюзный комитет утвердил", ["union-committee", "confirmation"]),
        (RUSSIAN, "пособие по беременности и родам", ["maternity-benefit"]),
        (RUSSIAN, "вступить в профсоюз", ["union-membership"]),
        (ENGLISH, "on maternity leave", ["maternity-leave"]),
        (ENGLISH, "she was dismissed during her pregnancy", ["dismissal", "pregnancy"]),
        (ENGLISH, "laid off without notice", ["redundancy", "notification"]),
        (ENGLISH, "I quit", ["resignation"]),
        (ENGLISH, "time off in lieu", ["time-off-in-lieu"]),
        (ENGLISH, "equal pay for equal work", ["equal-pay"]),
        (ENGLISH, "my boss deducted it from my wages", ["manager", "wage-deduction"]),
        (ENGLISH, "sick notes of doctors", ["sick-leave-certificate", "doctor"]),
        (ENGLISH, "trade union members", ["union-membership"]),
        (ENGLISH, "when a child is born", ["child", "childbirth"]),
        (ENGLISH, "pregnant women", ["pregnant-worker"]),
        (KAZAKH, "жүктілікке байланысты демалысқа", ["maternity-leave"]),
        (KAZAKH, "декреттік демалыста", ["maternity-leave"]),
        (KAZAKH, "бастығым жұмыстан шығарып жіберді", ["manager", "dismissal"]),
        (KAZAKH, "жұмыстан шықты", ["resignation"]),
        (KAZAKH, "басқа жұмысқа ауыстырды", ["transfer"]),
        (KAZAKH, "жалақыдан ұстап қалды", ["wage-deduction"]),
        (KAZAKH, "еңбек шартын бұзуға", ["dissolution"]),
        (KAZAKH, "бала күтіміне байланысты демалыс", ["childcare-leave"]),
        (KAZAKH, "үйлену тойына демалыс", ["marriage", "leave"]),
        (KAZAKH, "жүкті әйелдерді жұмыстан шығаруға", ["pregnant-worker", "dismissal"]),
        (KAZAKH, "сынақ мерзімінде", ["probation"]),
        (KAZAKH, "жұмыс берушінің міндеттері", ["employer", "duty"]),
        # words with two meanings
        (RUSSIAN, "меня сократили", ["redundancy+reduce"]),
        (ENGLISH, "their pay", ["wage+pay-verb"]),
        # forms that the stemmer leaves apart are terms of their own
        (RUSSIAN, "умер", ["death"]),
        (RUSSIAN, "рабочих дней", ["working-day"]),
        (KAZAKH, "жұмыс берушілердің", ["employer"]),
    ],
)
def test_what_it_finds(language: Language, text: str, concepts: list[str]) -> None:
    assert found(text, language) == concepts


@pytest.mark.parametrize(
    ("language", "text", "not_this"),
    [
        (RUSSIAN, "гражданская служба", "state-service"),  # of a school or a hospital
        (ENGLISH, "civil servant", "civil-employee"),
        (KAZAKH, "азаматтық қызмет", "state-service"),
        (RUSSIAN, "перевод текста", "transfer"),
        (RUSSIAN, "за свой счёт", "bank-account"),
        (RUSSIAN, "за счёт средств работодателя", "bank-account"),
        (RUSSIAN, "примирительная комиссия", "agreement-commission"),
        (KAZAKH, "демалыс күні", "leave"),  # a day off
        (KAZAKH, "лайықты жұмыс", "decent-work"),
        (ENGLISH, "adopt a child", "adopt-accept"),
        (RUSSIAN, "усыновить ребёнка", "adopt-accept"),
        (KAZAKH, "бала асырап алу", "adopt-accept"),
        (ENGLISH, "armed forces", "compel"),
        (ENGLISH, "treatment of women", "treat-medically"),
        (ENGLISH, "an act of the Parliament", "act-verb"),
        (ENGLISH, "store", "preserve"),
        (KAZAKH, "толық емес жұмыс уақыты", "full"),  # part time
        (KAZAKH, "рұқсат беру", "submission-of-documents"),
        (KAZAKH, "сатып алу", "search-of-person"),
        (KAZAKH, "денсаулық сақтау", "protection"),
        (ENGLISH, "activity", "measure"),
        (KAZAKH, "тәртіптеме", "procedure"),
        (RUSSIAN, "сокращённое рабочее время", "redundancy"),
        (RUSSIAN, "сокращение рабочего времени", "redundancy"),
        (RUSSIAN, "работа по трудовому договору", "informal-employment"),
        (RUSSIAN, "декретное место", "maternity-benefit"),
        (ENGLISH, "severance", "heavy"),
        (ENGLISH, "Art. 10", "arts"),
        # words that only have the stem of another one
        (ENGLISH, "a public body", "publication"),
        (ENGLISH, "the second paragraph", "secondment"),
        (ENGLISH, "the head of the department", "heading"),
        (ENGLISH, "it means", "meaning"),
        (RUSSIAN, "право на отпуск", "rules"),
        (RUSSIAN, "по закону", "legality"),
        (KAZAKH, "басқа адам", "main"),
        (RUSSIAN, "международная организация труда", "right-to-organize"),
    ],
)
def test_wrong_friends_are_not_joined(language: Language, text: str, not_this: str) -> None:
    known = {concept.id for concept in shipped().concepts}
    assert not_this in known
    assert not any(not_this in ids.split("+") for ids in found(text, language))


def test_it_is_the_same_after_writing_and_opening(tmp_path: Path) -> None:
    shipped().write(tmp_path / "thesaurus.json")
    opened = Thesaurus.open(tmp_path / "thesaurus.json")
    assert opened.concepts == shipped().concepts
    assert opened.to_json() == shipped().to_json()
    for language, text in (
        (RUSSIAN, "взыскать долг по зарплате в декрете"),
        (ENGLISH, "she was dismissed during her pregnancy"),
        (KAZAKH, "жүкті әйелдерді жұмыстан шығаруға"),
    ):
        assert opened.mentions(text, language) == shipped().mentions(text, language) != ()
        assert opened.knows("отпуск", language) is shipped().knows("отпуск", language)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"concepts": []}', '{"concepts": [["id"]], "found": {}}']
)
def test_a_damaged_file_says_what_to_run(tmp_path: Path, content: str) -> None:
    path = tmp_path / "thesaurus.json"
    path.write_text(content)
    with pytest.raises(IndexDamaged, match="run `kb ingest`"):
        Thesaurus.open(path)


def test_an_absent_file_is_damage_to_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="run `kb ingest`"):
        Thesaurus.open(tmp_path / "thesaurus.json")


@pytest.mark.parametrize(
    "content",
    [
        "[[concept]]",
        '[[concept]]\nid = "a"\nen = []\nru = ["б"]\nkk = ["в"]',
        '[[concept]]\nid = "a"\nen = ["a"]\nru = ["б"]\nkk = ["в"]\nfr = ["g"]',
        "concept = 1",
        "not toml",
    ],
)
def test_a_file_that_is_no_thesaurus_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "thesaurus.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(BadRequest, match="cannot be read as a thesaurus"):
        Thesaurus.read(path)
