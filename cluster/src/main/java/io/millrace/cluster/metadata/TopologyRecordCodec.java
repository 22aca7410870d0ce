package io.millrace.cluster.metadata;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.UserView;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.TopologyRecord.Bound;
import io.millrace.cluster.metadata.TopologyRecord.ConnectionEnded;
import io.millrace.cluster.metadata.TopologyRecord.ExchangeDeclared;
import io.millrace.cluster.metadata.TopologyRecord.ExchangeDeleted;
import io.millrace.cluster.metadata.TopologyRecord.ParameterDeleted;
import io.millrace.cluster.metadata.TopologyRecord.ParameterPut;
import io.millrace.cluster.metadata.TopologyRecord.PermissionDeleted;
import io.millrace.cluster.metadata.TopologyRecord.PermissionPut;
import io.millrace.cluster.metadata.TopologyRecord.PolicyDeleted;
import io.millrace.cluster.metadata.TopologyRecord.PolicyPut;
import io.millrace.cluster.metadata.TopologyRecord.QueueDeclared;
import io.millrace.cluster.metadata.TopologyRecord.QueueDeleted;
import io.millrace.cluster.metadata.TopologyRecord.TopicPermissionDeleted;
import io.millrace.cluster.metadata.TopologyRecord.TopicPermissionPut;
import io.millrace.cluster.metadata.TopologyRecord.Unbound;
import io.millrace.cluster.metadata.TopologyRecord.UserDeleted;
import io.millrace.cluster.metadata.TopologyRecord.UserPut;
import io.millrace.cluster.metadata.TopologyRecord.VhostDeleted;
import io.millrace.cluster.metadata.TopologyRecord.VhostPut;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.Optional;
import java.util.function.BiConsumer;

/// [TopologyRecord] as bytes, inside a record of the metadata log: a type byte, then the fields in order.
///
/// The numbers below are on disks: never reuse one.
public final class TopologyRecordCodec {
    private static final int VHOST_PUT = 1;
    private static final int VHOST_DELETED = 2;
    private static final int EXCHANGE_DECLARED = 3;
    private static final int EXCHANGE_DELETED = 4;
    private static final int BOUND = 5;
    private static final int UNBOUND = 6;
    private static final int QUEUE_DECLARED = 7;
    private static final int QUEUE_DELETED = 8;
    private static final int USER_PUT = 9;
    private static final int USER_DELETED = 10;
    private static final int PERMISSION_PUT = 11;
    private static final int PERMISSION_DELETED = 12;
    private static final int CONNECTION_ENDED = 13;
    private static final int TOPIC_PERMISSION_PUT = 14;
    private static final int TOPIC_PERMISSION_DELETED = 15;
    private static final int POLICY_PUT = 16;
    private static final int POLICY_DELETED = 17;
    private static final int PARAMETER_PUT = 18;
    private static final int PARAMETER_DELETED = 19;

    private static final int TO_QUEUE = 1;
    private static final int TO_EXCHANGE = 2;
    private static final int TO_TOPIC = 3;

    private static final int ON_LOG = 1;
    private static final int IN_MEMORY = 2;

    private TopologyRecordCodec() {}

    static void write(RecordWriter out, TopologyRecord record) {
        switch (record) {
            case VhostPut put -> {
                writeIn(out, VHOST_PUT, put.vhost());
                ArgumentsCodec.write(out, put.traits());
            }
            case VhostDeleted deleted -> writeIn(out, VHOST_DELETED, deleted.vhost());
            case ExchangeDeclared declared -> {
                writeIn(out, EXCHANGE_DECLARED, declared.vhost());
                writeExchange(out, declared.exchange());
                out.writeVarlong(declared.sinceNodeEpoch());
            }
            case ExchangeDeleted deleted -> {
                writeIn(out, EXCHANGE_DELETED, deleted.vhost());
                out.writeText(deleted.exchange().value());
            }
            case Bound bound -> {
                writeIn(out, BOUND, bound.vhost());
                writeBinding(out, bound.binding());
            }
            case Unbound unbound -> {
                writeIn(out, UNBOUND, unbound.vhost());
                writeBinding(out, unbound.binding());
            }
            case QueueDeclared declared -> {
                out.writeByte(QUEUE_DECLARED);
                writeQueue(out, declared.queue());
                out.writeId(declared.id());
                writeHome(out, declared.home());
                writeOptional(out, declared.owner(), TopologyRecordCodec::writeOwner);
            }
            case QueueDeleted deleted -> {
                out.writeByte(QUEUE_DELETED);
                writeRef(out, deleted.queue());
            }
            case ConnectionEnded ended -> {
                out.writeByte(CONNECTION_ENDED);
                writeOwner(out, ended.connection());
            }
            case UserPut put -> {
                out.writeByte(USER_PUT);
                writeUser(out, put.user());
            }
            case UserDeleted deleted -> {
                out.writeByte(USER_DELETED);
                out.writeText(deleted.user());
            }
            case PermissionPut put -> {
                writeIn(out, PERMISSION_PUT, put.vhost());
                writePermission(out, put.permission());
            }
            case PermissionDeleted deleted -> {
                writeIn(out, PERMISSION_DELETED, deleted.vhost());
                out.writeText(deleted.user());
            }
            case TopicPermissionPut put -> {
                writeIn(out, TOPIC_PERMISSION_PUT, put.vhost());
                PolicyCodec.writePermission(out, put.permission());
            }
            case TopicPermissionDeleted deleted -> {
                writeIn(out, TOPIC_PERMISSION_DELETED, deleted.vhost());
                out.writeText(deleted.user());
                writeOptional(out, deleted.exchange(), (each, exchange) -> each.writeText(exchange.value()));
            }
            case PolicyPut put -> {
                writeIn(out, POLICY_PUT, put.vhost());
                out.writeBoolean(put.operator());
                PolicyCodec.writePolicy(out, put.policy());
            }
            case PolicyDeleted deleted -> {
                writeIn(out, POLICY_DELETED, deleted.vhost());
                out.writeBoolean(deleted.operator());
                out.writeText(deleted.name());
            }
            case ParameterPut put -> {
                out.writeByte(PARAMETER_PUT);
                PolicyCodec.writeKey(out, put.key());
                ArgumentsCodec.writeValue(out, put.value());
            }
            case ParameterDeleted deleted -> {
                out.writeByte(PARAMETER_DELETED);
                PolicyCodec.writeKey(out, deleted.key());
            }
        }
    }

    static TopologyRecord read(RecordReader in) throws MalformedRecord {
        int type = in.readByte();
        return switch (type) {
            case VHOST_PUT -> new VhostPut(readVhost(in), ArgumentsCodec.read(in));
            case VHOST_DELETED -> new VhostDeleted(readVhost(in));
            case EXCHANGE_DECLARED -> new ExchangeDeclared(readVhost(in), readExchange(in), in.readVarlong());
            case EXCHANGE_DELETED -> new ExchangeDeleted(readVhost(in), new ExchangeName(in.readText()));
            case BOUND -> new Bound(readVhost(in), readBinding(in));
            case UNBOUND -> new Unbound(readVhost(in), readBinding(in));
            case QUEUE_DECLARED ->
                new QueueDeclared(
                        readQueue(in), in.readId(), readHome(in), readOptional(in, TopologyRecordCodec::readOwner));
            case QUEUE_DELETED -> new QueueDeleted(readRef(in));
            case CONNECTION_ENDED -> new ConnectionEnded(readOwner(in));
            case USER_PUT -> new UserPut(readUser(in));
            case USER_DELETED -> new UserDeleted(in.readText());
            case PERMISSION_PUT -> new PermissionPut(readVhost(in), readPermission(in));
            case PERMISSION_DELETED -> new PermissionDeleted(readVhost(in), in.readText());
            case TOPIC_PERMISSION_PUT -> new TopicPermissionPut(readVhost(in), PolicyCodec.readPermission(in));
            case TOPIC_PERMISSION_DELETED ->
                new TopicPermissionDeleted(
                        readVhost(in), in.readText(), readOptional(in, each -> new ExchangeName(each.readText())));
            case POLICY_PUT -> new PolicyPut(readVhost(in), in.readBoolean(), PolicyCodec.readPolicy(in));
            case POLICY_DELETED -> new PolicyDeleted(readVhost(in), in.readBoolean(), in.readText());
            case PARAMETER_PUT -> new ParameterPut(PolicyCodec.readKey(in), ArgumentsCodec.readValue(in));
            case PARAMETER_DELETED -> new ParameterDeleted(PolicyCodec.readKey(in));
            default -> throw new MalformedRecord("topology record type " + type);
        };
    }

    public static <T> void writeOptional(RecordWriter out, Optional<T> value, BiConsumer<RecordWriter, T> writer) {
        out.writeBoolean(value.isPresent());
        value.ifPresent(there -> writer.accept(out, there));
    }

    public static <T> Optional<T> readOptional(RecordReader in, RecordReader.Element<T> reader) throws MalformedRecord {
        return in.readBoolean() ? Optional.of(reader.read(in)) : Optional.empty();
    }

    private static void writeIn(RecordWriter out, int type, VhostName vhost) {
        out.writeByte(type);
        out.writeText(vhost.value());
    }

    private static VhostName readVhost(RecordReader in) throws MalformedRecord {
        return new VhostName(in.readText());
    }

    public static void writeExchange(RecordWriter out, ExchangeSpec exchange) {
        out.writeText(exchange.name().value());
        out.writeText(exchange.type().word());
        out.writeBoolean(exchange.durable());
        out.writeBoolean(exchange.autoDelete());
        out.writeBoolean(exchange.internal());
        ArgumentsCodec.write(out, exchange.arguments());
    }

    public static ExchangeSpec readExchange(RecordReader in) throws MalformedRecord {
        ExchangeName name = new ExchangeName(in.readText());
        String word = in.readText();
        ExchangeType type =
                ExchangeType.find(word).orElseThrow(() -> new MalformedRecord("exchange type '" + word + "'"));
        return new ExchangeSpec(
                name, type, in.readBoolean(), in.readBoolean(), in.readBoolean(), ArgumentsCodec.read(in));
    }

    public static void writeBinding(RecordWriter out, Binding binding) {
        out.writeText(binding.source().value());
        switch (binding.destination()) {
            case Destination.ToQueue(QueueName queue) -> writeNamed(out, TO_QUEUE, queue.value());
            case Destination.ToExchange(ExchangeName exchange) -> writeNamed(out, TO_EXCHANGE, exchange.value());
            case Destination.ToTopic(String topic) -> writeNamed(out, TO_TOPIC, topic);
        }
        out.writeText(binding.key());
        ArgumentsCodec.write(out, binding.arguments());
    }

    private static void writeNamed(RecordWriter out, int type, String name) {
        out.writeByte(type);
        out.writeText(name);
    }

    public static Binding readBinding(RecordReader in) throws MalformedRecord {
        ExchangeName source = new ExchangeName(in.readText());
        int type = in.readByte();
        String name = in.readText();
        Destination destination = switch (type) {
            case TO_QUEUE -> new Destination.ToQueue(new QueueName(name));
            case TO_EXCHANGE -> new Destination.ToExchange(new ExchangeName(name));
            case TO_TOPIC -> new Destination.ToTopic(name);
            default -> throw new MalformedRecord("destination type " + type);
        };
        return new Binding(source, destination, in.readText(), ArgumentsCodec.read(in));
    }

    public static void writeRef(RecordWriter out, QueueRef queue) {
        out.writeText(queue.vhost().value());
        out.writeText(queue.name().value());
    }

    public static QueueRef readRef(RecordReader in) throws MalformedRecord {
        return new QueueRef(readVhost(in), new QueueName(in.readText()));
    }

    public static void writeQueue(RecordWriter out, QueueSpec queue) {
        writeRef(out, queue.ref());
        out.writeText(queue.type().word());
        out.writeBoolean(queue.durable());
        out.writeBoolean(queue.exclusive());
        out.writeBoolean(queue.autoDelete());
        ArgumentsCodec.write(out, queue.arguments());
    }

    public static QueueSpec readQueue(RecordReader in) throws MalformedRecord {
        QueueRef ref = readRef(in);
        String word = in.readText();
        QueueType type = QueueType.find(word).orElseThrow(() -> new MalformedRecord("queue type '" + word + "'"));
        return new QueueSpec(ref, type, in.readBoolean(), in.readBoolean(), in.readBoolean(), ArgumentsCodec.read(in));
    }

    private static void writeHome(RecordWriter out, Home home) {
        switch (home) {
            case Home.OnLog log -> {
                out.writeByte(ON_LOG);
                out.writeText(log.topic());
                out.writeId(log.topicId());
            }
            case Home.InMemory memory -> {
                out.writeByte(IN_MEMORY);
                out.writeUnsigned(memory.nodeId());
                out.writeVarlong(memory.nodeEpoch());
            }
        }
    }

    private static Home readHome(RecordReader in) throws MalformedRecord {
        int type = in.readByte();
        return switch (type) {
            case ON_LOG -> new Home.OnLog(in.readText(), in.readId());
            case IN_MEMORY -> new Home.InMemory(in.readUnsigned(), in.readVarlong());
            default -> throw new MalformedRecord("home " + type);
        };
    }

    public static void writeOwner(RecordWriter out, ConnectionId owner) {
        out.writeUnsigned(owner.nodeId());
        out.writeVarlong(owner.nodeEpoch());
        out.writeVarlong(owner.number());
    }

    public static ConnectionId readOwner(RecordReader in) throws MalformedRecord {
        return new ConnectionId(in.readUnsigned(), in.readVarlong(), in.readVarlong());
    }

    public static void writeUser(RecordWriter out, UserView user) {
        out.writeText(user.name());
        out.writeText(user.passwordHash());
        out.writeText(user.hashing());
        out.writeList(user.tags(), RecordWriter::writeText);
    }

    public static UserView readUser(RecordReader in) throws MalformedRecord {
        return new UserView(in.readText(), in.readText(), in.readText(), in.readList(RecordReader::readText));
    }

    public static void writePermission(RecordWriter out, PermissionView permission) {
        out.writeText(permission.user());
        out.writeText(permission.configure());
        out.writeText(permission.write());
        out.writeText(permission.read());
    }

    public static PermissionView readPermission(RecordReader in) throws MalformedRecord {
        return new PermissionView(in.readText(), in.readText(), in.readText(), in.readText());
    }
}
