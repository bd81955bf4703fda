"""What the technician reads at the device, Vietnamese first, then English; a code without a sentence shows itself.

It must not decide what is said.
"""

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "agent.already_running": (
        "Chương trình phát đang chạy trên thư mục này. Hãy dừng nó trước: systemctl stop station-agent",
        "The agent is running on this directory. Stop it first: systemctl stop station-agent",
    ),
    "enrol.again": (
        "Máy này đã được khai báo cho cụm loa {loudspeaker}. Muốn khai báo lại, thêm --again.",
        "This device is enrolled already, for loudspeaker {loudspeaker}. To enrol it again, add --again.",
    ),
    "enrol.ask_code": ("Dán mã khai báo rồi nhấn Enter: ", "Paste the code and press Enter: "),
    "enrol.ask_secret": ("Gõ 16 ký tự của mã rồi nhấn Enter: ", "Type the 16 letters of the code and press Enter: "),
    "enrol.compare": (
        "So với dòng “Khoá gốc” trên trang. Giống hệt nhau không? [c/k] ",
        "Compare with “Root keys” on the page. Exactly the same? [y/n] ",
    ),
    "enrol.done": (
        "Xong. Máy này là thiết bị {device} của cụm loa {loudspeaker}. Chạy: station-agent run --state {state}",
        "Done. This is device {device} of loudspeaker {loudspeaker}. Start: station-agent run --state {state}",
    ),
    "enrol.no_address": (
        "Địa chỉ trung tâm phải bắt đầu bằng http:// hoặc https://, số mã gồm 8 chữ và số, đúng như trên trang.",
        "The centre's address begins with http:// or https://, and a code's number has 8 letters, as on the page.",
    ),
    "enrol.not_answered": (
        "Trung tâm {server} đã nhận yêu cầu nhưng chưa cấp. Hãy chạy lại đúng lệnh này sau ít phút; mã vẫn dùng được.",
        "The centre {server} has the request, and no answer yet. Run the same command again; the code still works.",
    ),
    "enrol.not_the_centre": (
        "Nơi trả lời ở {server} không phải trung tâm (mã {status}). Hãy kiểm tra địa chỉ.",
        "What answers at {server} is not the centre (status {status}). Check the address.",
    ),
    "enrol.roots": ("Khoá gốc: {roots}", "Root keys: {roots}"),
    "enrol.unreachable": (
        "Không kết nối được trung tâm {server}: {error}. Hãy kiểm tra đường truyền rồi chạy lại đúng lệnh này.",
        "The centre {server} cannot be reached: {error}. Check the line, then run the same command again.",
    ),
    "enrol.unbelieved": (
        "Câu trả lời không đáng tin nên bị bỏ ({told}). Máy vẫn giữ nguyên như trước.",
        "The answer is not to be believed and was dropped ({told}). The device is as it was before.",
    ),
    "enrol.unwritable": (
        "Không ghi được trên máy này: {error}. Máy vẫn giữ nguyên như trước; sửa xong thì chạy lại đúng lệnh này.",
        "This device cannot be written to: {error}. It is as it was before; mend it, then run the same command again.",
    ),
    "enrol.wrong_user": (
        "Thư mục này của người dùng khác. Hãy chạy bằng: runuser -u station-agent -- station-agent enrol …",
        "This directory is another user's. Run it as: runuser -u station-agent -- station-agent enrol …",
    ),
    "enrolment.not_a_code": (
        "Đây không phải mã khai báo. Hãy quét lại, hoặc chép nguyên cả dòng bắt đầu bằng “commune-radio:enrol”.",
        "This is not an enrolment code. Scan it again, or copy the whole line that begins with “commune-radio:enrol”.",
    ),
    "enrolment.not_typed": (
        "Mã gõ tay phải đủ 16 chữ và số, bốn nhóm bốn ký tự.",
        "The typed code has 16 letters and digits, four groups of four.",
    ),
    "identity.unreadable": (
        "Không đọc được hồ sơ khai báo trên máy này. Hãy khai báo lại bằng mã mới, thêm --again.",
        "What this device was told when it was enrolled cannot be read. Enrol it again with a new code and --again.",
    ),
    "trust.list_expired": (
        "Danh sách khoá của trung tâm đã hết hạn ({expires}), hoặc đồng hồ máy này sai. Hãy báo trung tâm.",
        "The centre's list of keys has expired ({expires}), or this device's clock is wrong. Tell the centre.",
    ),
    "trust.none": ("Trung tâm không gửi danh sách khoá nào.", "The centre sent no list of keys."),
    "trust.not_next": (
        "Danh sách khoá bị thiếu một số ở giữa nên bị từ chối.",
        "A list of keys is missing in between, so all were refused.",
    ),
    "trust.not_signed": (
        "Danh sách khoá không có đủ chữ ký hợp lệ nên bị từ chối.",
        "The list of keys is not signed by those who must, so it was refused.",
    ),
    "trust.other_roots": (
        "Khoá gốc của nơi trả lời không phải khoá gốc trên trang. Có thể đã kết nối nhầm hoặc bị giả mạo.",
        "The root keys of who answered are not those on the page. It may be the wrong server, or a forged one.",
    ),
    "trust.root_expired": (
        "Khoá gốc của trung tâm đã hết hạn ({expires}), hoặc đồng hồ máy này sai. Hãy báo trung tâm.",
        "The centre's root keys have expired ({expires}), or this device's clock is wrong. Tell the centre.",
    ),
}


def both(code: str, /, **values: object) -> str:
    """Give the sentences of a code, one under the other."""
    vietnamese, english = SENTENCES.get(code, (code, code))
    return "\n".join(dict.fromkeys(each.format_map(values) for each in (vietnamese, english)))
