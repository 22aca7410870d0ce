package io.millrace.cluster.call;

import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.cluster.controller.ChangeTopology;
import io.millrace.cluster.metadata.ArgumentsCodec;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.PolicyCodec;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import io.millrace.cluster.metadata.TopologyRecordCodec;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;

/// The call that changes virtual hosts, exchanges, queues, bindings and users. The numbers below are on the wire
/// between releases: never reuse one.
final class TopologyShapes {
    static final Shape<ChangeTopology, TopologyReply> CHANGE = new Shape<>(
            21,
            MetadataLevel.TOPOLOGY,
            ChangeTopology.class,
            (out, asked) -> write(out, asked.change()),
            in -> new ChangeTopology(readChange(in)),
            TopologyShapes::writeReply,
            (in, image) -> readReply(in));

    private static final int DECLARE_EXCHANGE = 1;
    private static final int DELETE_EXCHANGE = 2;
    private static final int BIND = 3;
    private static final int UNBIND = 4;
    private static final int DECLARE_QUEUE = 5;
    private static final int DELETE_QUEUE = 6;
    private static final int CONNECTION_GONE = 7;
    private static final int PUT_VHOST = 8;
    private static final int DELETE_VHOST = 9;
    private static final int PUT_USER = 10;
    private static final int DELETE_USER = 11;
    private static final int PUT_PERMISSION = 12;
    private static final int DELETE_PERMISSION = 13;
    private static final int PUT_TOPIC_PERMISSION = 14;
    private static final int DELETE_TOPIC_PERMISSION = 15;
    private static final int PUT_POLICY = 16;
    private static final int DELETE_POLICY = 17;
    private static final int PUT_PARAMETER = 18;
    private static final int DELETE_PARAMETER = 19;

    private static final int DONE = 1;
    private static final int REFUSED = 2;
    private static final int NO_VHOST = 3;
    private static final int QUEUE_INEQUIVALENT = 4;
    private static final int LOCKED = 5;
    private static final int FAILED = 6;

    private static final int DEFAULT_EXCHANGE = 1;
    private static final int RESERVED_NAME = 2;
    private static final int NO_EXCHANGE = 3;
    private static final int NO_QUEUE = 4;
    private static final int INEQUIVALENT = 5;
    private static final int IN_USE = 6;
    private static final int INVALID = 7;

    private static final String VALUE = "value";

    private TopologyShapes() {}

    private static void write(RecordWriter out, TopologyChange change) {
        switch (change) {
            case TopologyChange.DeclareExchange asked -> {
                writeIn(out, DECLARE_EXCHANGE, asked.vhost());
                TopologyRecordCodec.writeExchange(out, asked.exchange());
            }
            case TopologyChange.DeleteExchange asked -> {
                writeIn(out, DELETE_EXCHANGE, asked.vhost());
                out.writeText(asked.exchange().value());
                out.writeBoolean(asked.ifUnused());
            }
            case TopologyChange.Bind asked -> {
                writeIn(out, BIND, asked.vhost());
                TopologyRecordCodec.writeBinding(out, asked.binding());
            }
            case TopologyChange.Unbind asked -> {
                writeIn(out, UNBIND, asked.vhost());
                TopologyRecordCodec.writeBinding(out, asked.binding());
            }
            case TopologyChange.DeclareQueue asked -> {
                out.writeByte(DECLARE_QUEUE);
                TopologyRecordCodec.writeQueue(out, asked.queue());
                out.writeSigned(asked.nodeId());
                TopologyRecordCodec.writeOptional(out, asked.owner(), TopologyRecordCodec::writeOwner);
            }
            case TopologyChange.DeleteQueue asked -> {
                out.writeByte(DELETE_QUEUE);
                TopologyRecordCodec.writeRef(out, asked.queue());
                out.writeId(asked.id());
            }
            case TopologyChange.ConnectionGone asked -> {
                out.writeByte(CONNECTION_GONE);
                TopologyRecordCodec.writeOwner(out, asked.connection());
            }
            case TopologyChange.PutVhost asked -> {
                writeIn(out, PUT_VHOST, asked.vhost());
                ArgumentsCodec.write(out, asked.traits());
            }
            case TopologyChange.DeleteVhost asked -> writeIn(out, DELETE_VHOST, asked.vhost());
            case TopologyChange.PutUser asked -> {
                out.writeByte(PUT_USER);
                TopologyRecordCodec.writeUser(out, asked.user());
            }
            case TopologyChange.DeleteUser asked -> {
                out.writeByte(DELETE_USER);
                out.writeText(asked.user());
            }
            case TopologyChange.PutPermission asked -> {
                writeIn(out, PUT_PERMISSION, asked.vhost());
                TopologyRecordCodec.writePermission(out, asked.permission());
            }
            case TopologyChange.DeletePermission asked -> {
                writeIn(out, DELETE_PERMISSION, asked.vhost());
                out.writeText(asked.user());
            }
            case TopologyChange.PutTopicPermission asked -> {
                writeIn(out, PUT_TOPIC_PERMISSION, asked.vhost());
                PolicyCodec.writePermission(out, asked.permission());
            }
            case TopologyChange.DeleteTopicPermission asked -> {
                writeIn(out, DELETE_TOPIC_PERMISSION, asked.vhost());
                out.writeText(asked.user());
                CommonShapes.writeOptionalText(out, asked.exchange().map(ExchangeName::value));
            }
            case TopologyChange.PutPolicy asked -> {
                writeIn(out, PUT_POLICY, asked.vhost());
                out.writeBoolean(asked.operator());
                PolicyCodec.writePolicy(out, asked.policy());
            }
            case TopologyChange.DeletePolicy asked -> {
                writeIn(out, DELETE_POLICY, asked.vhost());
                out.writeBoolean(asked.operator());
                out.writeText(asked.name());
            }
            case TopologyChange.PutParameter asked -> {
                out.writeByte(PUT_PARAMETER);
                PolicyCodec.writeKey(out, asked.key());
                ArgumentsCodec.writeValue(out, asked.value());
            }
            case TopologyChange.DeleteParameter asked -> {
                out.writeByte(DELETE_PARAMETER);
                PolicyCodec.writeKey(out, asked.key());
            }
        }
    }

    private static TopologyChange readChange(RecordReader in) throws MalformedRecord {
        int type = in.readByte();
        return switch (type) {
            case DECLARE_EXCHANGE ->
                new TopologyChange.DeclareExchange(readVhost(in), TopologyRecordCodec.readExchange(in));
            case DELETE_EXCHANGE ->
                new TopologyChange.DeleteExchange(readVhost(in), readExchangeName(in), in.readBoolean());
            case BIND -> new TopologyChange.Bind(readVhost(in), TopologyRecordCodec.readBinding(in));
            case UNBIND -> new TopologyChange.Unbind(readVhost(in), TopologyRecordCodec.readBinding(in));
            case DECLARE_QUEUE ->
                new TopologyChange.DeclareQueue(
                        TopologyRecordCodec.readQueue(in),
                        in.readSigned(),
                        TopologyRecordCodec.readOptional(in, TopologyRecordCodec::readOwner));
            case DELETE_QUEUE -> new TopologyChange.DeleteQueue(TopologyRecordCodec.readRef(in), in.readId());
            case CONNECTION_GONE -> new TopologyChange.ConnectionGone(TopologyRecordCodec.readOwner(in));
            case PUT_VHOST -> new TopologyChange.PutVhost(readVhost(in), ArgumentsCodec.read(in));
            case DELETE_VHOST -> new TopologyChange.DeleteVhost(readVhost(in));
            case PUT_USER -> new TopologyChange.PutUser(TopologyRecordCodec.readUser(in));
            case DELETE_USER -> new TopologyChange.DeleteUser(in.readText());
            case PUT_PERMISSION ->
                new TopologyChange.PutPermission(readVhost(in), TopologyRecordCodec.readPermission(in));
            case DELETE_PERMISSION -> new TopologyChange.DeletePermission(readVhost(in), in.readText());
            case PUT_TOPIC_PERMISSION ->
                new TopologyChange.PutTopicPermission(readVhost(in), PolicyCodec.readPermission(in));
            case DELETE_TOPIC_PERMISSION ->
                new TopologyChange.DeleteTopicPermission(
                        readVhost(in),
                        in.readText(),
                        CommonShapes.readOptionalText(in).map(ExchangeName::new));
            case PUT_POLICY ->
                new TopologyChange.PutPolicy(readVhost(in), in.readBoolean(), PolicyCodec.readPolicy(in));
            case DELETE_POLICY -> new TopologyChange.DeletePolicy(readVhost(in), in.readBoolean(), in.readText());
            case PUT_PARAMETER ->
                new TopologyChange.PutParameter(PolicyCodec.readKey(in), ArgumentsCodec.readValue(in));
            case DELETE_PARAMETER -> new TopologyChange.DeleteParameter(PolicyCodec.readKey(in));
            default -> throw new MalformedRecord("topology change " + type);
        };
    }

    private static void writeReply(RecordWriter out, TopologyReply reply) {
        switch (reply) {
            case TopologyReply.Done done -> {
                out.writeByte(DONE);
                out.writeBoolean(done.changed());
            }
            case TopologyReply.Refused(RoutingRefusal why) -> {
                out.writeByte(REFUSED);
                writeRefusal(out, why);
            }
            case TopologyReply.NoVhost(VhostName vhost) -> writeIn(out, NO_VHOST, vhost);
            case TopologyReply.QueueInequivalent(var queue, var difference) -> {
                out.writeByte(QUEUE_INEQUIVALENT);
                TopologyRecordCodec.writeRef(out, queue);
                writeDifference(out, difference);
            }
            case TopologyReply.Locked(var queue) -> {
                out.writeByte(LOCKED);
                TopologyRecordCodec.writeRef(out, queue);
            }
            case TopologyReply.Failed(var why) -> {
                out.writeByte(FAILED);
                CommonShapes.writeOutcome(out, why);
            }
        }
    }

    private static TopologyReply readReply(RecordReader in) throws MalformedRecord {
        int type = in.readByte();
        return switch (type) {
            case DONE -> new TopologyReply.Done(in.readBoolean());
            case REFUSED -> new TopologyReply.Refused(readRefusal(in));
            case NO_VHOST -> new TopologyReply.NoVhost(readVhost(in));
            case QUEUE_INEQUIVALENT ->
                new TopologyReply.QueueInequivalent(TopologyRecordCodec.readRef(in), readDifference(in));
            case LOCKED -> new TopologyReply.Locked(TopologyRecordCodec.readRef(in));
            case FAILED -> new TopologyReply.Failed(CommonShapes.readOutcome(in));
            default -> throw new MalformedRecord("topology reply " + type);
        };
    }

    private static void writeRefusal(RecordWriter out, RoutingRefusal refusal) {
        switch (refusal) {
            case RoutingRefusal.DefaultExchange _ -> out.writeByte(DEFAULT_EXCHANGE);
            case RoutingRefusal.ReservedName(ExchangeName exchange) -> writeNamed(out, RESERVED_NAME, exchange.value());
            case RoutingRefusal.NoExchange(ExchangeName exchange) -> writeNamed(out, NO_EXCHANGE, exchange.value());
            case RoutingRefusal.NoQueue(QueueName queue) -> writeNamed(out, NO_QUEUE, queue.value());
            case RoutingRefusal.Inequivalent(ExchangeName exchange, Inequivalence difference) -> {
                writeNamed(out, INEQUIVALENT, exchange.value());
                writeDifference(out, difference);
            }
            case RoutingRefusal.InUse(ExchangeName exchange) -> writeNamed(out, IN_USE, exchange.value());
            case RoutingRefusal.Invalid(String why) -> writeNamed(out, INVALID, why);
        }
    }

    private static RoutingRefusal readRefusal(RecordReader in) throws MalformedRecord {
        int type = in.readByte();
        return switch (type) {
            case DEFAULT_EXCHANGE -> new RoutingRefusal.DefaultExchange();
            case RESERVED_NAME -> new RoutingRefusal.ReservedName(readExchangeName(in));
            case NO_EXCHANGE -> new RoutingRefusal.NoExchange(readExchangeName(in));
            case NO_QUEUE -> new RoutingRefusal.NoQueue(new QueueName(in.readText()));
            case INEQUIVALENT -> new RoutingRefusal.Inequivalent(readExchangeName(in), readDifference(in));
            case IN_USE -> new RoutingRefusal.InUse(readExchangeName(in));
            case INVALID -> new RoutingRefusal.Invalid(in.readText());
            default -> throw new MalformedRecord("refusal " + type);
        };
    }

    private static void writeDifference(RecordWriter out, Inequivalence difference) {
        out.writeText(difference.name());
        out.writeBoolean(difference.isArgument());
        ArgumentsCodec.write(out, Arguments.of(VALUE, difference.received()));
        ArgumentsCodec.write(out, Arguments.of(VALUE, difference.current()));
    }

    private static Inequivalence readDifference(RecordReader in) throws MalformedRecord {
        return new Inequivalence(in.readText(), in.readBoolean(), readValue(in), readValue(in));
    }

    private static ArgumentValue readValue(RecordReader in) throws MalformedRecord {
        return ArgumentsCodec.read(in).find(VALUE).orElseThrow(() -> new MalformedRecord("a difference without value"));
    }

    private static void writeNamed(RecordWriter out, int type, String name) {
        out.writeByte(type);
        out.writeText(name);
    }

    private static ExchangeName readExchangeName(RecordReader in) throws MalformedRecord {
        return new ExchangeName(in.readText());
    }

    private static void writeIn(RecordWriter out, int type, VhostName vhost) {
        writeNamed(out, type, vhost.value());
    }

    private static VhostName readVhost(RecordReader in) throws MalformedRecord {
        return new VhostName(in.readText());
    }
}
