"""The settings of the centre."""

from datetime import timedelta
from pathlib import Path

import pytest

from server.config import Agents, ConfigInvalid, Outside, load_config

WHOLE = """
state_directory = "state"
database_url = "postgresql+psycopg://radio@db/radio"
audio_url = "https://radio.example.vn/audio/"
time_zone = "Asia/Ho_Chi_Minh"
upload_limit_mb = 20
recording_limit_minutes = 61
demo = true
clock_offset_seconds = -30
log_level = "debug"

[web]
host = "0.0.0.0"
port = 80
proxy = "192.0.2.1"

[broker]
host = "broker"
port = 8883
keeps_accounts = true

[agents]
server = "https://radio.example.vn"
broker_host = "broker.example.vn"
broker_port = 8884

[outside]
directory = "heads"
mail_to = "thanhtra@tinh.vn"
mail_from = "dai@xa.vn"
smtp_host = "mail"
smtp_port = 587
smtp_tls = true
smtp_user = "radio"
smtp_password_file = "password"
"""


def written(directory: Path, text: str) -> Path:
    file = directory / "centre.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_everything_has_a_default() -> None:
    config = load_config()

    assert config.state_directory == Path("var")
    assert config.database == f"sqlite:///{Path('var').absolute()}/radio.db"
    assert (config.web.host, config.broker.host, config.broker.authority) == ("127.0.0.1", "127.0.0.1", None)
    assert config.clock_offset == timedelta(0)
    assert (config.outside.directory, config.outside.mail_to) == (Path("var/heads").absolute(), None)


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("bí mật\n", encoding="utf-8")

    config = load_config(written(tmp_path, WHOLE))

    assert config.key_directory == tmp_path / "state" / "keys"
    assert config.database == "postgresql+psycopg://radio@db/radio"
    assert config.audio_url == "https://radio.example.vn/audio/"
    assert (config.upload_limit, config.recording_limit) == (20_000_000, timedelta(minutes=61))
    assert (config.demo, config.clock_offset, config.log_level) == (True, timedelta(seconds=-30), "debug")
    assert (config.web.host, config.web.port, config.web.proxy) == ("0.0.0.0", 80, "192.0.2.1")
    assert config.agents == Agents(server="https://radio.example.vn", broker_host="broker.example.vn", broker_port=8884)
    assert config.outside == Outside(
        directory=tmp_path / "heads",
        mail_to="thanhtra@tinh.vn",
        mail_from="dai@xa.vn",
        smtp_host="mail",
        smtp_port=587,
        smtp_tls=True,
        smtp_user="radio",
        smtp_password="bí mật",
    )
    assert config.broker.keeps_accounts
    assert config.broker_directory == tmp_path / "state" / "broker"


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "[web]\nport = 80\nhost = '0.0.0.0'\n")

    config = load_config(file, {"web.port": 81, "broker.port": 1999, "demo": True})

    assert (config.web.host, config.web.port, config.broker.port, config.demo) == ("0.0.0.0", 81, 1999, True)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        audio_url = "ftp://radio"
        time_zone = "Asia/Ha_Noi"
        upload_limit_mb = 0
        database_url = "mysql://radio"
        demo = 1
        colour = "red"
        [web]
        proxy = "proxy"
        port = "80"
        [broker]
        port = 70000
        authority = "nowhere.pem"
        [outside]
        mail_to = "nobody"
        """,
    )

    with pytest.raises(ConfigInvalid) as refused:
        load_config(file)

    assert sorted(fault.partition(":")[0] for fault in refused.value.faults) == [
        "audio_url",
        "broker.authority",
        "broker.port",
        "colour",
        "database_url",
        "demo",
        "outside.mail_to",
        "time_zone",
        "upload_limit_mb",
        "web.port",
        "web.proxy",
    ]


@pytest.mark.parametrize("text", ["state_directory = ", "state_directory = 'a'\nstate_directory = 'b'"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigInvalid, match=r"centre\.toml: not a TOML file"):
        load_config(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="no such file"):
        load_config(tmp_path / "centre.toml")


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("bí mật", encoding="utf-8")

    shown = repr(load_config(written(tmp_path, WHOLE)))

    assert "bí mật" not in shown
    assert "postgresql" not in shown


def test_a_units_digests_go_to_the_addresses_named(tmp_path: Path) -> None:
    file = tmp_path / "radio.toml"
    file.write_text(
        '[outside]\nmail_from = "dai@tinh.vn"\n[digests]\nson-ha = "dai@sonha.vn, lanh.dao@sonha.vn"\n',
        encoding="utf-8",
    )

    assert load_config(file).digests == {"son-ha": ("dai@sonha.vn", "lanh.dao@sonha.vn")}


def test_digests_want_addresses_and_a_sender(tmp_path: Path) -> None:
    file = tmp_path / "radio.toml"
    file.write_text('[digests]\nson-ha = "dai@sonha.vn; lanhdao"\n', encoding="utf-8")

    with pytest.raises(ConfigInvalid) as refused:
        load_config(file)

    assert refused.value.faults == (
        "digests.son-ha: must be mail addresses parted by commas",
        "outside.mail_from: must be there where digests or holders are mailed",
    )
