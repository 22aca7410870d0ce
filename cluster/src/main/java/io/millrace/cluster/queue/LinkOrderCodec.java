package io.millrace.cluster.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueRef;
import io.millrace.cluster.metadata.ArgumentsCodec;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.List;

/// [LinkOrder] as octets. The numbers are on the wire between releases: never reuse one.
final class LinkOrderCodec {
    private static final int OPEN_LANE = 1;
    private static final int SHUT_LANE = 2;
    private static final int PUBLISH = 3;
    private static final int COUNTS = 4;
    private static final int PURGE = 5;
    private static final int DELETE = 6;
    private static final int OPEN_HOLD = 7;
    private static final int CONSUME = 8;
    private static final int CANCEL = 9;
    private static final int GET = 10;
    private static final int SETTLE = 11;
    private static final int LIMIT = 12;
    private static final int PAUSE = 13;
    private static final int CLOSE_HOLD = 14;
    private static final int CREDIT = 15;
    private static final int PING = 16;
    private static final int REPLY = 17;

    private static final List<Settlement> SETTLEMENTS =
            List.of(Settlement.ACKNOWLEDGE, Settlement.REQUEUE, Settlement.REJECT);

    private LinkOrderCodec() {}

    static void write(UnitWriter unit, LinkOrder order) {
        RecordWriter out = unit.out();
        switch (order) {
            case LinkOrder.OpenLane open -> {
                numbers(out, OPEN_LANE, open.lane());
                LinkShapes.text(out, open.queue().vhost().value());
                LinkShapes.text(out, open.queue().name().value());
                out.writeId(open.id());
            }
            case LinkOrder.ShutLane(int lane) -> numbers(out, SHUT_LANE, lane);
            case LinkOrder.Publish publish -> {
                numbers(out, PUBLISH, publish.lane(), publish.attempt());
                LinkShapes.message(unit, publish.message());
            }
            case LinkOrder.Reply(String name, Message message) -> {
                numbers(out, REPLY);
                LinkShapes.text(out, name);
                LinkShapes.message(unit, message);
            }
            case LinkOrder.Counts(int call, int lane, boolean isUse) -> {
                numbers(out, COUNTS, call, lane);
                out.writeBoolean(isUse);
            }
            case LinkOrder.Purge(int call, int lane) -> numbers(out, PURGE, call, lane);
            case LinkOrder.Delete delete -> {
                numbers(out, DELETE, delete.call(), delete.lane());
                out.writeBoolean(delete.ifUnused());
                out.writeBoolean(delete.ifEmpty());
            }
            case LinkOrder.OpenHold(int hold, int lane) -> numbers(out, OPEN_HOLD, hold, lane);
            case LinkOrder.Consume consume -> {
                numbers(out, CONSUME, consume.hold(), consume.call());
                spec(out, consume.spec());
            }
            case LinkOrder.Cancel(int hold, int call, String tag) -> {
                numbers(out, CANCEL, hold, call);
                LinkShapes.text(out, tag);
            }
            case LinkOrder.Get(int hold, int call, boolean autoAck) -> {
                numbers(out, GET, hold, call);
                out.writeBoolean(autoAck);
            }
            case LinkOrder.Settle settle -> {
                numbers(out, SETTLE, settle.hold(), SETTLEMENTS.indexOf(settle.how()));
                offsets(out, settle.offsets());
            }
            case LinkOrder.Limit(int hold, int unsettled) -> numbers(out, LIMIT, hold, unsettled);
            case LinkOrder.Pause(int hold, boolean paused) -> {
                numbers(out, PAUSE, hold);
                out.writeBoolean(paused);
            }
            case LinkOrder.CloseHold(int hold) -> numbers(out, CLOSE_HOLD, hold);
            case LinkOrder.Credit(long octets) -> {
                numbers(out, CREDIT);
                out.writeVarlong(octets);
            }
            case LinkOrder.Ping() -> numbers(out, PING);
        }
    }

    private static void numbers(RecordWriter out, int... numbers) {
        for (int number : numbers) {
            out.writeUnsigned(number);
        }
    }

    private static void spec(RecordWriter out, ConsumerSpec spec) {
        LinkShapes.text(out, spec.tag());
        out.writeBoolean(spec.autoAck());
        out.writeBoolean(spec.exclusive());
        out.writeUnsigned(spec.prefetch());
        ArgumentsCodec.write(out, spec.arguments());
    }

    /// Each as its distance from the one before: most are neighbours.
    private static void offsets(RecordWriter out, long[] offsets) {
        out.writeUnsigned(offsets.length);
        long before = 0;
        for (long offset : offsets) {
            long distance = offset - before;
            out.writeVarlong(distance << 1 ^ distance >> 63);
            before = offset;
        }
    }

    static LinkOrder read(Unit unit) throws MalformedRecord {
        RecordReader in = unit.in();
        int kind = in.readUnsigned();
        return switch (kind) {
            case OPEN_LANE -> {
                int lane = in.readUnsigned();
                QueueRef queue = new QueueRef(new VhostName(LinkShapes.text(in)), new QueueName(LinkShapes.text(in)));
                yield new LinkOrder.OpenLane(lane, queue, in.readId());
            }
            case SHUT_LANE -> new LinkOrder.ShutLane(in.readUnsigned());
            case PUBLISH -> new LinkOrder.Publish(in.readUnsigned(), in.readUnsigned(), LinkShapes.message(unit));
            case REPLY -> new LinkOrder.Reply(LinkShapes.text(in), LinkShapes.message(unit));
            case COUNTS -> new LinkOrder.Counts(in.readUnsigned(), in.readUnsigned(), in.readBoolean());
            case PURGE -> new LinkOrder.Purge(in.readUnsigned(), in.readUnsigned());
            case DELETE ->
                new LinkOrder.Delete(in.readUnsigned(), in.readUnsigned(), in.readBoolean(), in.readBoolean());
            case OPEN_HOLD -> new LinkOrder.OpenHold(in.readUnsigned(), in.readUnsigned());
            case CONSUME -> new LinkOrder.Consume(in.readUnsigned(), in.readUnsigned(), spec(in));
            case CANCEL -> new LinkOrder.Cancel(in.readUnsigned(), in.readUnsigned(), LinkShapes.text(in));
            case GET -> new LinkOrder.Get(in.readUnsigned(), in.readUnsigned(), in.readBoolean());
            case SETTLE ->
                new LinkOrder.Settle(in.readUnsigned(), LinkShapes.oneOf(in, SETTLEMENTS, "settlement"), offsets(in));
            case LIMIT -> new LinkOrder.Limit(in.readUnsigned(), in.readUnsigned());
            case PAUSE -> new LinkOrder.Pause(in.readUnsigned(), in.readBoolean());
            case CLOSE_HOLD -> new LinkOrder.CloseHold(in.readUnsigned());
            case CREDIT -> new LinkOrder.Credit(in.readVarlong());
            case PING -> new LinkOrder.Ping();
            default -> throw new MalformedRecord("order " + kind);
        };
    }

    private static ConsumerSpec spec(RecordReader in) throws MalformedRecord {
        String tag = LinkShapes.text(in);
        boolean autoAck = in.readBoolean();
        boolean exclusive = in.readBoolean();
        int prefetch = in.readUnsigned();
        return new ConsumerSpec(tag, autoAck, exclusive, prefetch, ArgumentsCodec.read(in));
    }

    private static long[] offsets(RecordReader in) throws MalformedRecord {
        long[] offsets = new long[in.readCount(Integer.MAX_VALUE)];
        long before = 0;
        for (int at = 0; at < offsets.length; at++) {
            long distance = in.readVarlong();
            before += distance >>> 1 ^ -(distance & 1);
            offsets[at] = before;
        }
        return offsets;
    }
}
