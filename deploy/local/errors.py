"""The errors of the local servers, told apart by who must act."""


class LocalServerError(Exception):
    """Root of the tree; its message is written for the person at the keyboard. Never raised itself.

    LocalServerError
    +-- InstallError           the machine lacks something, or a download failed for good
    +-- StartError             a server did not become ready; shows the end of its log
    |   +-- AlreadyRunningError  somebody else has this server's directory
    +-- NotStartedError        an address was asked for before the first start
    """


class InstallError(LocalServerError):
    """A server's files cannot be had here; the message says what to install or to set."""


class StartError(LocalServerError):
    """A server ended or stayed silent while it was starting; nothing of it is left running."""


class AlreadyRunningError(StartError):
    """The directory belongs to a server that runs, or is being started, already."""


class NotStartedError(LocalServerError):
    """A server that was never started has no address yet."""
