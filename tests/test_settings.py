"""Settings: their order, their types, and that nothing unknown passes."""

from pathlib import Path

import pytest

from farwatch.errors import SettingsError
from farwatch.settings import load


def test_flags_beat_environment_beats_file(tmp_path: Path) -> None:
    config = tmp_path / "farwatch.toml"
    config.write_text('organisation = "file"\njurisdiction = "GB"\nwebhook_url = "file"\n')
    environ = {"FARWATCH_ORGANISATION": "env", "FARWATCH_WEBHOOK_URL": "env"}
    settings = load({"organisation": "flag", "data_dir": None}, environ, config)
    assert (settings.organisation, settings.webhook_url, settings.jurisdiction) == (
        "flag",
        "env",
        "GB",
    )


def test_database_and_lake_follow_the_data_folder(tmp_path: Path) -> None:
    settings = load({"data_dir": str(tmp_path)}, {})
    assert settings.database == f"sqlite:///{tmp_path}/desk.sqlite"
    assert settings.lake == f"{tmp_path}/lake"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('colour = "red"', "'colour'"),
        ("exercise = [", "not TOML"),
        ('exercise = "maybe"', "'maybe'"),
        ('lake_engine = "pandas"', "'pandas'"),
    ],
)
def test_bad_settings_are_named(text: str, named: str, tmp_path: Path) -> None:
    config = tmp_path / "farwatch.toml"
    config.write_text(text)
    with pytest.raises(SettingsError, match=named):
        load({}, {}, config)


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load({}, {"FARWATCH_CONFIG": str(tmp_path / "no.toml")})


@pytest.mark.parametrize(("word", "value"), [("1", True), ("yes", True), ("off", False)])
def test_booleans_from_the_environment(word: str, value: bool) -> None:
    assert load({}, {"FARWATCH_EXERCISE": word}).exercise is value
