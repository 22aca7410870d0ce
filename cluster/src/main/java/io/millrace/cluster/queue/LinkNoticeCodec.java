package io.millrace.cluster.queue;

import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite.Fate;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// [LinkNotice] as octets. The numbers are on the wire between releases: never reuse one.
final class LinkNoticeCodec {
    private static final int FATES = 1;
    private static final int COUNTED = 2;
    private static final int ENDED = 3;
    private static final int GOT = 4;
    private static final int DELIVERED = 5;
    private static final int LOST = 6;
    private static final int PONG = 7;

    private static final List<Fate> FATE_LIST = List.of(Fate.STORED, Fate.REFUSED, Fate.FAILED, Fate.NOT_HERE);

    private static final List<QueueOutcome> OUTCOMES = List.of(
            QueueOutcome.DONE,
            QueueOutcome.GONE,
            QueueOutcome.UNAVAILABLE,
            QueueOutcome.EXCLUSIVE_USE,
            QueueOutcome.IN_USE,
            QueueOutcome.NOT_EMPTY,
            QueueOutcome.UNSUPPORTED);

    private LinkNoticeCodec() {}

    static void write(UnitWriter unit, LinkNotice notice) {
        RecordWriter out = unit.out();
        switch (notice) {
            case LinkNotice.Fates(long first, int count, Fate fate) -> {
                out.writeUnsigned(FATES);
                out.writeVarlong(first);
                out.writeUnsigned(count);
                out.writeUnsigned(FATE_LIST.indexOf(fate));
            }
            case LinkNotice.Counted(int call, CountsReply reply) -> {
                out.writeUnsigned(COUNTED);
                out.writeUnsigned(call);
                out.writeUnsigned(OUTCOMES.indexOf(reply.outcome()));
                out.writeVarlong(reply.ready());
                out.writeVarlong(reply.unacknowledged());
                out.writeUnsigned(reply.consumers());
            }
            case LinkNotice.Ended(int call, QueueOutcome outcome) -> {
                out.writeUnsigned(ENDED);
                out.writeUnsigned(call);
                out.writeUnsigned(OUTCOMES.indexOf(outcome));
            }
            case LinkNotice.Got got -> {
                out.writeUnsigned(GOT);
                out.writeUnsigned(got.call());
                out.writeUnsigned(OUTCOMES.indexOf(got.outcome()));
                out.writeVarlong(got.readyAfter());
                Delivery delivery = got.delivery();
                out.writeBoolean(delivery != null);
                if (delivery != null) {
                    LinkShapes.delivery(unit, delivery);
                }
            }
            case LinkNotice.Delivered(int hold, String tag, List<Delivery> deliveries) -> {
                out.writeUnsigned(DELIVERED);
                out.writeUnsigned(hold);
                LinkShapes.text(out, tag);
                out.writeUnsigned(deliveries.size());
                deliveries.forEach(each -> LinkShapes.delivery(unit, each));
            }
            case LinkNotice.Lost(int hold) -> {
                out.writeUnsigned(LOST);
                out.writeUnsigned(hold);
            }
            case LinkNotice.Pong() -> out.writeUnsigned(PONG);
        }
    }

    static LinkNotice read(Unit unit) throws MalformedRecord {
        RecordReader in = unit.in();
        int kind = in.readUnsigned();
        return switch (kind) {
            case FATES ->
                new LinkNotice.Fates(in.readVarlong(), in.readUnsigned(), LinkShapes.oneOf(in, FATE_LIST, "fate"));
            case COUNTED -> new LinkNotice.Counted(in.readUnsigned(), counts(in));
            case ENDED -> new LinkNotice.Ended(in.readUnsigned(), outcome(in));
            case GOT -> {
                int call = in.readUnsigned();
                QueueOutcome outcome = outcome(in);
                long readyAfter = in.readVarlong();
                @Nullable Delivery delivery = in.readBoolean() ? LinkShapes.delivery(unit) : null;
                yield new LinkNotice.Got(call, outcome, delivery, readyAfter);
            }
            case DELIVERED ->
                new LinkNotice.Delivered(
                        in.readUnsigned(), LinkShapes.text(in), in.readList(_ -> LinkShapes.delivery(unit)));
            case LOST -> new LinkNotice.Lost(in.readUnsigned());
            case PONG -> new LinkNotice.Pong();
            default -> throw new MalformedRecord("notice " + kind);
        };
    }

    private static CountsReply counts(RecordReader in) throws MalformedRecord {
        QueueOutcome outcome = outcome(in);
        return new CountsReply(outcome, in.readVarlong(), in.readVarlong(), in.readUnsigned());
    }

    private static QueueOutcome outcome(RecordReader in) throws MalformedRecord {
        return LinkShapes.oneOf(in, OUTCOMES, "outcome");
    }
}
