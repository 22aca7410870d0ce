package io.millrace.cluster.queue;

import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.model.Loop;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What comes by one connection, as far as there is room for it. Who is not read is alive all the same: the other end
/// is told so, and is not taken for dead.
///
/// Owned by: one end of one connection.
final class Intake {
    private static final long LOOK_MS = 20;

    private final Loop loop;
    private final TransitRoom room;
    private final UnitReader units;
    private final Waiting owner;
    private boolean looking;
    private boolean closed;
    private int looks;

    /// Whose frames wait.
    interface Waiting {
        /// Whether more may come as far as the owner is concerned.
        boolean isReady();

        /// Frames are wanted again.
        void resume();

        /// Nothing was read for a second.
        void onHeldUp();
    }

    Intake(Loop loop, TransitRoom room, Waiting owner) {
        this.loop = loop;
        this.room = room;
        this.units = new UnitReader(room);
        this.owner = owner;
    }

    @Nullable
    Unit onFrame(ByteBuffer frame) throws MalformedRecord {
        return closed ? null : units.onFrame(frame);
    }

    boolean wantsMore() {
        boolean wants = closed || (owner.isReady() && units.wantsMore());
        if (!wants && !looking) {
            looking = true;
            looks = 0;
            loop.after(LOOK_MS, this::look);
        }
        return wants;
    }

    private void look() {
        if (closed) {
            return;
        }
        looking = false;
        int before = looks;
        if (wantsMore()) {
            owner.resume();
            return;
        }
        looks = before + 1;
        if (looks * LOOK_MS >= LinkPace.PING_MS) {
            looks = 0;
            owner.onHeldUp();
        }
    }

    TransitRoom room() {
        return room;
    }

    void close() {
        closed = true;
        units.close();
    }
}
