package io.millrace.log;

/// Where a log is in its life, and what it may do there.
///
/// | state   | is reached by                                | batches, segments, cleaning | retention | recovery | reads |
/// |---------|----------------------------------------------|-----------------------------|-----------|----------|-------|
/// | OPEN    | opening, or a recovery that went well         | yes                         | yes       | no       | yes   |
/// | FAILED  | a refusal of the disk, or a fault of ours      | no                          | yes       | yes      | yes   |
/// | CUT     | [PartitionLog#beginTruncation], for its job   | no                          | no        | no       | yes   |
/// | CLOSED  | [PartitionLog#close]                          | no                          | no        | no       | no    |
/// | DELETED | [PartitionLog#delete] while a job is out       | no                          | no        | no       | no    |
/// | REMOVED | [PartitionLog#delete], once no job is out      | no                          | no        | no       | no    |
///
/// In every state jobs that are out come back: what they did to the files is taken note of, and the last one to come
/// back to a DELETED log moves its folder out of the way. A REMOVED log touches no file any more: what has its name now
/// is somebody else's.
enum LifeCycle {
    OPEN,
    FAILED,
    CUT,
    CLOSED,
    DELETED,
    REMOVED;

    /// Whether batches are taken, written and cleaned, and segments begun.
    boolean isWritable() {
        return this == OPEN;
    }

    /// Whether retention may give up segments: on a failed log, too, because that may make the room it lacks.
    boolean mayGiveUpSegments() {
        return this == OPEN || this == FAILED;
    }

    boolean isFailed() {
        return this == FAILED;
    }

    /// Whether the files are somebody else's business now.
    boolean isOver() {
        return this == CLOSED || this == DELETED || this == REMOVED;
    }

    boolean isDeleted() {
        return this == DELETED;
    }

    /// Why batches are refused where they are.
    String refusal() {
        return switch (this) {
            case FAILED -> "the disk refused a write";
            case CUT -> "the log is being cut";
            case OPEN, CLOSED, DELETED, REMOVED -> "the log is closed";
        };
    }

    /// The disk refused something: a log that is in use fails, and what is over stays over.
    LifeCycle onFailure() {
        return this == OPEN || this == CUT ? FAILED : this;
    }

    /// Its end is being cut off.
    LifeCycle onCut() {
        return this == OPEN ? CUT : this;
    }

    /// The files were found in order again.
    LifeCycle onReload() {
        return this == FAILED || this == CUT ? OPEN : this;
    }

    LifeCycle onDelete() {
        return this == REMOVED ? REMOVED : DELETED;
    }
}
