package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.ConnectionMethods;

/// What came in by one connection and is not done with, and whether more may be read: messages that are arriving, that
/// wait for a commit or behind a method, that are not yet stored; and whether the node has room for any.
///
/// Owned by: one connection's loop.
final class Inflow {
    /// What clients sent behind a method that waits, beyond which they are not read.
    private static final long PARKED_BYTES_MAX = 4 * 1024 * 1024;

    /// Memory of a message beside its octets.
    private static final int MESSAGE_BYTES = 128;

    private final Connection connection;
    private final Memory memory;
    private final AmqpConfig config;
    private final Runnable resume;

    private long unconfirmedBytes;
    private long arrivingBytes;
    private long arrivingBytesOnTick;
    private long committingBytes;
    private long parkedBytes;
    private boolean heldBack;
    private boolean hasPublished;
    private boolean diskIsFull;
    private boolean blocked;

    /// @param resume called when more may be read again
    Inflow(Connection connection, AmqpPorts ports, Runnable resume) {
        this.connection = connection;
        this.memory = ports.memory();
        this.config = ports.config();
        this.resume = resume;
    }

    /// Whether more may be read: what came in is not too much.
    boolean hasRoom() {
        boolean hasWork = unconfirmedBytes > 0 || parkedBytes > 0; // that will be done, and asked again then
        boolean room = !blocked
                && unconfirmedBytes < config.unconfirmedBytesMax()
                && parkedBytes < PARKED_BYTES_MAX
                && !(hasWork && memory.isCrowded())
                && (arrivingBytes == 0 || memory.mayFinish(this));
        heldBack = !room;
        return room;
    }

    boolean isBlocked() {
        return blocked;
    }

    void publishing(int bytes) {
        unconfirmedBytes += bytes + MESSAGE_BYTES;
        memory.underWay(bytes + MESSAGE_BYTES);
    }

    void published(int bytes) {
        unconfirmedBytes -= bytes + MESSAGE_BYTES;
        memory.underWay(-bytes - MESSAGE_BYTES);
        lookAgain();
    }

    /// A message that waits for a commit, or does so no longer when negative. It counts as one that is arriving.
    ///
    /// @return false when these are too many
    boolean committing(long bytes) {
        committingBytes += bytes;
        boolean fits = memory.arriving(bytes);
        return bytes <= 0 || (fits && committingBytes <= config.transactionBytesMax());
    }

    /// Octets of messages that are not complete, of all channels. Where the node has too many, those who have some wait
    /// for each other; only a connection that has too many itself has done wrong.
    ///
    /// @return false when these are too many
    boolean arriving(int bytes) {
        arrivingBytes += bytes;
        memory.arriving(bytes);
        if (arrivingBytes == 0) {
            memory.finished(this);
        }
        return bytes <= 0 || arrivingBytes <= config.messageBytesMax();
    }

    void parked(long bytes) {
        parkedBytes += bytes;
        memory.underWay(bytes);
        if (bytes < 0) {
            lookAgain();
        }
    }

    /// A message has come, wherever it goes.
    void onPublish() {
        hasPublished = true;
        diskIsFull = memory.isDiskFull();
        lookAtNode();
    }

    /// Now and then.
    void onTick() {
        if (arrivingBytes > 0 && arrivingBytes == arrivingBytesOnTick) {
            memory.finished(this); // its client sends nothing: others first
        }
        arrivingBytesOnTick = arrivingBytes;
        diskIsFull = memory.isDiskFull();
        lookAtNode();
        hasPublished = blocked; // who only consumes now goes on acknowledging, and so makes room
        lookAgain();
    }

    /// Who has published is not read while the node is short of something, and is told so. Asked with every publish,
    /// and now and then to let it go on.
    private void lookAtNode() {
        boolean isScarce = memory.isScarce();
        boolean wanted = hasPublished && (isScarce || diskIsFull);
        if (wanted == blocked) {
            return;
        }
        blocked = wanted;
        if (connection.client().hearsBlocked()) {
            connection.send(
                    0,
                    wanted
                            ? new ConnectionMethods.Blocked("low on " + shortage(isScarce))
                            : new ConnectionMethods.Unblocked());
        }
        lookAgain();
    }

    private String shortage(boolean memoryIsScarce) {
        if (!diskIsFull) {
            return "memory";
        }
        return memoryIsScarce ? "memory & disk" : "disk";
    }

    private void lookAgain() {
        if (heldBack && hasRoom()) {
            resume.run();
        }
    }
}
