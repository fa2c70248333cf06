"""The errors of the system, in one tree. Each message says what to do.

::

    SentinelError
    ├── SettingsError          a setting is missing or wrong: exit status 2
    ├── OperatorError          what was asked failed, and a person can mend it: exit status 1
    │   ├── SchemaMismatch     the database is older or newer than this program
    │   ├── TopicMismatch      a topic is missing or has another shape
    │   ├── BrokerRefused      the broker answers, and a setting or a right of ours is wrong
    │   ├── PolicyError        a policy that does not hold what it promises
    │   ├── CaseChanged        somebody else changed the case first: look again
    │   └── IllegalMove        a case cannot go that way from where it stands
    ├── TransientError         infrastructure failed; the same call may succeed later
    │   ├── StoreUnavailable   media or evidence store
    │   ├── DatabaseUnavailable
    │   ├── BrokerUnavailable
    │   └── ReplicaBehind      the log of sightings was not caught up within its time
    ├── ReplicaDamaged         a file of the replica is not what was written: it is set aside and made anew
    ├── MediaUnreadable        this medium cannot be looked at, whoever tries: a reading that is unmeasured
    └── RefusedByDatabase      this one record can never be stored: a dead letter

:class:`schemas.errors.ContractError` stands beside the tree: contracts depend on nothing of ours.
"""

from streams.wording.cause import Cause


class SentinelError(Exception):
    """The root of every error that this project raises."""


class SettingsError(SentinelError):
    """A setting is missing or wrong."""


class OperatorError(SentinelError):
    """What was asked failed, and the message says what a person can do."""


class SchemaMismatch(OperatorError):
    """The database's schema is not the one that this program was written for."""


class TopicMismatch(OperatorError):
    """A topic is missing or is not as the contract has it."""


class BrokerRefused(OperatorError):
    """The broker answers and does not have us: the message names the setting, or the right, that is wrong."""


class PolicyError(OperatorError):
    """A policy cannot be used."""


class CaseChanged(OperatorError):
    """Somebody else changed the case since it was read."""


class IllegalMove(OperatorError):
    """A case cannot go that way from where it stands."""


class TransientError(SentinelError):
    """Infrastructure failed: try again, and exit when it goes on too long."""


class StoreUnavailable(TransientError):
    """The media or evidence store does not answer."""


class DatabaseUnavailable(TransientError):
    """The database does not answer, or asks to try again."""


class BrokerUnavailable(TransientError):
    """The broker does not answer."""


class ReplicaBehind(TransientError):
    """The replica of the log of sightings was not caught up within its time; ``cause`` says how far it came."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


class ReplicaDamaged(SentinelError):
    """A file of the replica of earlier photos is not what was written, or not of this program's format."""


class MediaUnreadable(SentinelError):
    """A medium cannot be looked at; ``cause`` says why, and ``str(exc)`` says it in English."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


class RefusedByDatabase(SentinelError):
    """The database will never accept this record."""
