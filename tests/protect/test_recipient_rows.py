"""Recipients from CSV and YAML: good rows are taken, every wrong one says why."""

from __future__ import annotations

import pytest

from farwatch.errors import InputError
from farwatch.model.recipient import Recipient, Rota, Shift
from farwatch.protect.recipient_rows import read_recipients, unknown_names

CSV = (
    "id,name,role,email,sms,language,zone,quiet_from,quiet_to,sites,countries,severity,supervisor\n"
    "ada,Ada,Duty Officer,ada@example.org,+260 211 123-456,zh-hans,Africa/Lusaka,22:00,06:00,"
    '"kitwe, lima",Zambia PER,3,boss\n'
)


def test_a_row_becomes_a_recipient():
    found = read_recipients(CSV.encode(), "people.csv")
    assert found.rejected == ()
    assert found.recipients == (
        Recipient(
            "ada", "Ada", "duty officer", {"email": "ada@example.org", "sms": "+260211123456"},
            "zh-Hans", "Africa/Lusaka", ("22:00", "06:00"), {}, ("kitwe", "lima"), ("ZM", "PE"),
            3, "boss",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "", "is missing"),
        ("role", "", "is missing"),
        ("email", "nobody", "is no e-mail address"),
        ("email", "a@b\r\nBcc: c@d", "is no e-mail address"),
        ("sms", "0211 123456", "is no international number"),
        ("chat", "not an address", "is no Apprise address"),
        ("language", "fr", "is none of en, zh-Hans"),
        ("zone", "Mars/Base", "is no zone"),
        ("quiet_from", "10pm", "is no time"),
        ("countries", "Atlantis", "is no country"),
        ("severity", "9", "is none of 1 to 5"),
        ("longest", "sms=12", "is not channel=characters"),
        ("active", "perhaps", "is none of yes, no"),
    ],
)
def test_a_wrong_value_is_named(field, value, reason):
    import yaml

    row = {"id": "ada", "role": "manager", "email": "a@example.org", field: value}
    data = yaml.safe_dump({"recipients": [row, {"id": "b", "role": "x", "email": "b@x.org"}]})
    found = read_recipients(data.encode(), "people.yaml")
    assert [one.id for one in found.recipients] == ["b"]
    assert len(found.rejected) == 1
    wrong = found.rejected[0]
    assert (wrong.line, wrong.field) == (1, field) and reason in wrong.reason


def test_who_cannot_be_reached_and_who_stands_twice_are_rejected():
    text = "id,role,email\nada,manager,\nben,manager,b@x.org\nben,manager,b@y.org\n"
    found = read_recipients(text.encode(), "p.csv")
    assert [str(one) for one in found.rejected] == [
        "line 2: email, sms, voice, chat '' are all empty: nothing could reach this recipient",
        "line 4: id 'ben' stands on line 3 already",
    ]


def test_a_rota_comes_in_yaml():
    text = """
recipients: [{id: ada, role: duty officer, email: a@x.org}]
rotas:
  - name: desk
    role: duty officer
    zone: Europe/Paris
    shifts:
      - {person: ada, from: "Mon 08:00", to: "Tue 08:00"}
      - {person: ben, from: "Tue 08:00", to: "Mon 08:00"}
    stand_ins: [{absent: ada, by: max, from: "2026-06-01T00:00:00Z", to: "2026-06-08T00:00:00Z"}]
"""
    found = read_recipients(text.encode(), "people.yml")
    assert [(one.name, len(one.shifts), len(one.stand_ins)) for one in found.rotas] == [
        ("desk", 2, 1)
    ]
    assert unknown_names(found.recipients, found.rotas, []) == [
        "rota desk: 'ben' is no recipient", "rota desk: 'max' is no recipient",
    ]  # fmt: skip


def test_names_that_lead_nowhere_are_told():
    one = Recipient("ada", "Ada", "x", {"email": "a"}, sites=("gone",), supervisor="nobody")
    assert unknown_names([one], [Rota("r", "x", "UTC", (Shift("ada", 0, 1),))], ["kitwe"]) == [
        "ada: supervisor 'nobody' is no recipient", "ada: site 'gone' is not in our care",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"id,role,mail\n", "p.csv", "column 'mail' is no column"),
        (b"", "p.csv", "is empty"),
        (b"- a\n", "p.yaml", "is no mapping of recipients and rotas"),
        (b"recipients: 3", "p.yaml", "recipients is not a list"),
        (b"a: [", "p.yaml", "is not YAML"),
    ],
)
def test_what_is_no_list_of_recipients_is_refused(data, name, said):
    with pytest.raises(InputError, match=said):
        read_recipients(data, name)
