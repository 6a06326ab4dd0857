"""The error tree: each class says who must act.

ServiceError
|-- InvalidInputError        the sender: the request or record is wrong
|   |-- UnauthenticatedError     no credential, or one that does not verify
|   |-- ForbiddenError           a good credential without the role
|   `-- NotFoundError            no such thing in this tenant (also: another tenant's)
|-- IllegalTransitionError   us: a bug, a move that the lifecycle does not allow
|-- UnavailableError         nobody: try again later
`-- UnprocessableError       a human: goes to the dead letters
"""


class ServiceError(Exception):
    """The root; never raised itself."""

    status = 500
    title = "Internal error"
    retriable = False


class InvalidInputError(ServiceError):
    """The sender must change the request; repeating it as it is can't succeed."""

    status = 422
    title = "Invalid input"


class MalformedBodyError(InvalidInputError):
    """The body is not of the announced form at all (broken JSON, wrong encoding)."""

    status = 400
    title = "Malformed body"


class BodyTooLargeError(InvalidInputError):
    """The body exceeds the limit of this door."""

    status = 413
    title = "Body too large"


class UnsupportedMediaError(InvalidInputError):
    """The content type is not one that this door reads."""

    status = 415
    title = "Unsupported media type"


class UnauthenticatedError(InvalidInputError):
    """No credential, or one that does not verify. The message never says which part failed."""

    status = 401
    title = "Unauthenticated"


class ForbiddenError(InvalidInputError):
    """The credential is good and lacks the role."""

    status = 403
    title = "Forbidden"


class NotFoundError(InvalidInputError):
    """No such thing in this tenant; another tenant's things answer the same."""

    status = 404
    title = "Not found"


class IllegalTransitionError(ServiceError):
    """A bug of ours: a state was asked to make a move that the lifecycle table does not have."""

    title = "Illegal transition"


class UnavailableError(ServiceError):
    """A dependency does not answer; the same request may succeed later."""

    status = 503
    title = "Unavailable"
    retriable = True


class UnprocessableError(ServiceError):
    """A record that can't be processed; it goes to the dead letters and a human looks at it."""

    status = 422
    title = "Unprocessable"
