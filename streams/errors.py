"""The errors of the system, in one tree of three kinds: a person must act, try again, or this one input is at fault.

Each message says what to do::

    SentinelError
    ├── OperatorError          a person must act: exit status 1, and no restart helps
    │   ├── SettingsError      a setting is missing or wrong: exit status 2
    │   ├── SchemaMismatch     the database is older or newer than this program, or cannot keep every text
    │   ├── TopicMismatch      a topic is missing or has another shape
    │   ├── BrokerRefused      the broker answers, and a setting or a right of ours is wrong
    │   ├── PolicyError        a policy that does not hold what it promises
    │   ├── CaseChanged        somebody else changed the case first: look again
    │   │   └── TouchesOthers  a verdict that moves other cases too: with their clusters locked
    │   ├── IllegalMove        a case cannot go that way from where it stands
    │   ├── NotFound           what was named is not there, or is not shown to who asks
    │   ├── NotAllowed         who asks may not do this
    │   ├── Invalid            what was given cannot be used as it is
    │   └── AuditBroken        the audit trail, or a package of evidence, is not as it was written
    ├── TransientError         try again: infrastructure failed, and the same call may succeed later; exit status 70
    │   ├── StoreUnavailable   media or evidence store
    │   ├── DatabaseUnavailable
    │   ├── BrokerUnavailable
    │   ├── AuthorityUnavailable  a time authority does not answer, or answers anything but a stamp
    │   ├── ReplicaBehind      the log of sightings was not caught up within its time
    │   ├── ReplicaDamaged     a file of the replica is not what was written: it is set aside and made anew
    │   ├── LeaseLost          (delivery) another relay may send by now
    │   ├── Overslept          (delivery) the process was stopped for longer than its session lasts
    │   └── Resumed            (agents) an operator resumed a topic, which a fresh start reads
    └── InputError             this one message or medium is at fault, whoever tries: a dead letter, or unmeasured
        ├── MediaUnreadable    this medium cannot be looked at: a reading that is unmeasured
        ├── BadStamp           these bytes are no stamp on what they should be on
        ├── RefusedByDatabase  this one record can never be stored
        ├── UnreadableRecord   (policy) what was kept of this request is damaged, or of a newer version
        ├── MessageTooLarge    (delivery) what is to be sent is more than its topic takes
        └── EndedTheProcess    (delivery) the worker died each time it worked on this message alone

:class:`schemas.errors.ContractError` stands beside the tree, as one of its last kind: contracts depend on nothing of
ours. tests/unit/test_errors.py holds every ``raise`` of the project to this.
"""

from streams.wording.cause import Cause


class SentinelError(Exception):
    """The root of every error that this project raises."""


class OperatorError(SentinelError):
    """What was asked failed, and the message says what a person can do."""


class SettingsError(OperatorError):
    """A setting is missing or wrong."""


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


class NotFound(OperatorError):
    """What was named is not there; what somebody may not see is said in the same words."""


class NotAllowed(OperatorError):
    """Who asks may not do this, whatever state things are in."""


class Invalid(OperatorError):
    """What was given cannot be used as it is: the message says what is wrong with it."""


class AuditBroken(OperatorError):
    """The audit trail, or a package of evidence, is not as it was written."""


class TransientError(SentinelError):
    """Infrastructure failed: try again, and exit when it goes on too long."""


class StoreUnavailable(TransientError):
    """The media or evidence store does not answer."""


class DatabaseUnavailable(TransientError):
    """The database does not answer, or asks to try again."""


class BrokerUnavailable(TransientError):
    """The broker does not answer."""


class AuthorityUnavailable(TransientError):
    """The time authority does not answer, or answers anything but a stamp."""


class ReplicaBehind(TransientError):
    """The replica of the log of sightings was not caught up within its time; ``cause`` says how far it came."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


class ReplicaDamaged(TransientError):
    """A file of the replica of earlier photos is not what was written, or not of this program's format."""


class InputError(SentinelError):
    """One message or medium is at fault: no second try helps, and nobody has to act for the next one."""


class MediaUnreadable(InputError):
    """A medium cannot be looked at; ``cause`` says why, and ``str(exc)`` says it in English."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


class BadStamp(InputError):
    """These bytes are no stamp, or not on what they should be on."""


class RefusedByDatabase(InputError):
    """The database will never accept this record."""
