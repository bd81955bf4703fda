"""Pages for what went wrong: not found, not allowed, changed by somebody else, the program's own fault.

Every one says what happened, what was kept and what to do next. It must not hide the code of an unknown error.
"""

import logging

from flask import Flask, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from schedules.errors import ScheduleError
from server.errors import NotAllowed, NotFound, ServerError, Stale, Unacceptable
from server.web.refused import note_refused
from server.web.telling import told
from server.web.visitor import page_of_form

log = logging.getLogger(__name__)

_STATUSES: dict[type[Exception], int] = {NotFound: 404, NotAllowed: 403, Stale: 409}
_REFUSED = {400: "request.unreadable", 405: "request.method", 413: "request.too_large", 429: "request.too_often"}
_SECRET = frozenset({"password", "old", "new", "again", "pin", "code"})
_Answer = tuple[str, int] | Response


def answer_problems(app: Flask) -> None:
    """Give an application its pages for problems."""
    app.register_error_handler(ServerError, _refused)
    app.register_error_handler(ScheduleError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unexpected)


def _refused(error: ServerError | ScheduleError) -> _Answer:
    status = _STATUSES.get(type(error), 422)
    if not isinstance(error, NotFound | Stale):
        note_refused(error.code)
    if isinstance(error, Unacceptable):
        return _page(status, told(error), code=error.code, back=page_of_form(), typed=_typed(error.field))
    return _page(status, told(error), code=error.code)


def _typed(field: str) -> str:
    """Give back what was typed into the field that is refused; never a secret."""
    return "" if field in _SECRET else request.form.get(field, "")


def _forged(_error: CSRFError) -> _Answer:
    note_refused("form.forged")
    return _page(
        400,
        _("Trang đã mở quá lâu hoặc được gửi từ nơi khác. Hãy quay lại, tải lại trang rồi làm lại."),
        back=page_of_form(),
    )


def _of_http(error: HTTPException) -> _Answer:
    if error.code in (301, 302, 307, 308):
        return error.get_response()
    if error.code == 401 and "HX-Request" in request.headers:
        sign_in = url_for("account.sign_in", next=page_of_form() or None)
        answer = redirect(sign_in)
        answer.headers["HX-Redirect"] = sign_in
        answer.status_code = 200
        return answer
    if error.code in _REFUSED:
        note_refused(_REFUSED[error.code])
    sentences = {
        404: _("Không có trang này. Có thể đường dẫn đã cũ hoặc gõ nhầm."),
        405: _("Trang này không làm được việc đó."),
        413: _("Tệp quá lớn."),
        429: _("Thử quá nhiều lần. Hãy đợi một phút rồi thử lại."),
    }
    return _page(error.code or 500, sentences.get(error.code or 500, _("Yêu cầu không hợp lệ.")))


def _unexpected(error: Exception) -> _Answer:
    log.error("page=failed path=%r error=%r", request.path, error, exc_info=error)
    return _page(500, _("Máy chủ gặp lỗi. Việc vừa làm có thể chưa được lưu. Loa vẫn phát theo lịch đã nhận."))


def _page(status: int, text: str, *, code: str = "", back: str = "", typed: str = "") -> _Answer:
    if "HX-Request" in request.headers:
        return render_template("problems/_inline.html", text=text), status
    page = render_template("problems/problem.html", status=status, text=text, code=code, back=back, typed=typed)
    return page, status
