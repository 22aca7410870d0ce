package io.millrace.amqp.codec.method;

import org.jspecify.annotations.Nullable;

/// Class `tx`: publishes and acknowledgements of a channel take effect together.
public sealed interface TxMethods extends AmqpMethod {
    int CLASS_ID = 90;

    @Override
    default int classId() {
        return CLASS_ID;
    }

    /// The method of this id from its fields, or nothing where the class has none of that id.
    static @Nullable TxMethods decode(int methodId) {
        return switch (methodId) {
            case Select.ID -> new Select();
            case SelectOk.ID -> new SelectOk();
            case Commit.ID -> new Commit();
            case CommitOk.ID -> new CommitOk();
            case Rollback.ID -> new Rollback();
            case RollbackOk.ID -> new RollbackOk();
            default -> null;
        };
    }

    record Select() implements TxMethods {
        static final int ID = 10;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record SelectOk() implements TxMethods {
        static final int ID = 11;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record Commit() implements TxMethods {
        static final int ID = 20;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record CommitOk() implements TxMethods {
        static final int ID = 21;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record Rollback() implements TxMethods {
        static final int ID = 30;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record RollbackOk() implements TxMethods {
        static final int ID = 31;

        @Override
        public int methodId() {
            return ID;
        }
    }
}
