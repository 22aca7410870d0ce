package io.millrace.cluster.metadata;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.UserView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Width;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Virtual hosts' parts with any content.
public final class RandomTopology {
    private static final List<Width> WIDTHS = List.copyOf(EnumSet.allOf(Width.class));
    private static final List<ExchangeType> EXCHANGES = List.copyOf(EnumSet.allOf(ExchangeType.class));
    private static final List<PolicyTarget> TARGETS = List.copyOf(EnumSet.allOf(PolicyTarget.class));
    private static final List<QueueType> QUEUES = List.copyOf(EnumSet.allOf(QueueType.class));

    private final Randomness randomness;

    public RandomTopology(Randomness randomness) {
        this.randomness = randomness;
    }

    TopologyRecord record() {
        return any(List.<Supplier<TopologyRecord>>of(
                        () -> new TopologyRecord.VhostPut(vhost(), arguments()),
                        () -> new TopologyRecord.VhostDeleted(vhost()),
                        () -> new TopologyRecord.ExchangeDeclared(vhost(), exchange(), large()),
                        () -> new TopologyRecord.ExchangeDeleted(vhost(), new ExchangeName(text())),
                        () -> new TopologyRecord.Bound(vhost(), binding()),
                        () -> new TopologyRecord.Unbound(vhost(), binding()),
                        () -> new TopologyRecord.QueueDeclared(queue(), id(), home(), owner()),
                        () -> new TopologyRecord.QueueDeleted(ref()),
                        () -> new TopologyRecord.ConnectionEnded(connection()),
                        () -> new TopologyRecord.UserPut(user()),
                        () -> new TopologyRecord.UserDeleted(text()),
                        () -> new TopologyRecord.PermissionPut(vhost(), permission()),
                        () -> new TopologyRecord.PermissionDeleted(vhost(), text()),
                        () -> new TopologyRecord.TopicPermissionPut(vhost(), topicPermission()),
                        () -> new TopologyRecord.TopicPermissionDeleted(vhost(), text(), exchangeName()),
                        () -> new TopologyRecord.PolicyPut(vhost(), flag(), policy()),
                        () -> new TopologyRecord.PolicyDeleted(vhost(), flag(), text()),
                        () -> new TopologyRecord.ParameterPut(key(), value()),
                        () -> new TopologyRecord.ParameterDeleted(key())))
                .get();
    }

    public VhostName vhost() {
        return new VhostName(text());
    }

    public ExchangeSpec exchange() {
        return new ExchangeSpec(new ExchangeName(text()), any(EXCHANGES), flag(), flag(), flag(), arguments());
    }

    public Binding binding() {
        Destination destination = switch (randomness.nextInt(3)) {
            case 0 -> new Destination.ToQueue(text());
            case 1 -> new Destination.ToExchange(text());
            default -> new Destination.ToTopic(text());
        };
        return new Binding(new ExchangeName(text()), destination, text(), arguments());
    }

    public QueueRef ref() {
        return new QueueRef(vhost(), new QueueName(text()));
    }

    public QueueSpec queue() {
        return new QueueSpec(ref(), any(QUEUES), flag(), flag(), flag(), arguments());
    }

    private Home home() {
        return flag() ? new Home.OnLog(text(), id()) : new Home.InMemory(number(), large());
    }

    public Optional<ConnectionId> owner() {
        return flag() ? Optional.of(connection()) : Optional.empty();
    }

    public ConnectionId connection() {
        return new ConnectionId(number(), large(), large());
    }

    public UserView user() {
        return new UserView(
                text(),
                text(),
                text(),
                Stream.generate(this::text).limit(randomness.nextInt(3)).toList());
    }

    public PermissionView permission() {
        return new PermissionView(text(), text(), text(), text());
    }

    public TopicPermissionView topicPermission() {
        return new TopicPermissionView(text(), new ExchangeName(text()), text(), text());
    }

    public Optional<ExchangeName> exchangeName() {
        return flag() ? Optional.of(new ExchangeName(text())) : Optional.empty();
    }

    public PolicyView policy() {
        return new PolicyView(text(), text(), any(TARGETS), (int) randomness.nextLong(), arguments());
    }

    public ParameterKey key() {
        return new ParameterKey(flag() ? Optional.of(vhost()) : Optional.empty(), text(), text());
    }

    public ArgumentValue value() {
        return value(0);
    }

    public Arguments arguments() {
        return flag() ? Arguments.NONE : arguments(0);
    }

    private Arguments arguments(int depth) {
        Map<String, ArgumentValue> entries = new LinkedHashMap<>();
        for (int left = randomness.nextInt(4); left > 0; left--) {
            entries.put(text(), value(depth));
        }
        return Arguments.of(entries);
    }

    private ArgumentValue value(int depth) {
        return switch (randomness.nextInt(depth > 3 ? 8 : 10)) {
            case 0 -> ArgumentValue.text(text());
            case 1 -> new ArgumentValue.Binary(ByteString.utf8(text()));
            case 2 -> new ArgumentValue.Whole(randomness.nextLong(), any(WIDTHS));
            case 3 -> new ArgumentValue.Real(Double.longBitsToDouble(randomness.nextLong()), flag());
            case 4 -> new ArgumentValue.Decimal(number(), randomness.nextLong());
            case 5 -> ArgumentValue.bool(flag());
            case 6 -> new ArgumentValue.Timestamp(randomness.nextLong());
            case 7 -> new ArgumentValue.Nothing();
            case 8 -> new ArgumentValue.Table(arguments(depth + 1));
            default ->
                new ArgumentValue.Sequence(Stream.generate(() -> value(depth + 1))
                        .limit(randomness.nextInt(3))
                        .toList());
        };
    }

    private <T> T any(List<T> among) {
        return among.get(randomness.nextInt(among.size()));
    }

    private boolean flag() {
        return randomness.nextBoolean();
    }

    private int number() {
        return randomness.nextInt(Integer.MAX_VALUE) >>> randomness.nextInt(31);
    }

    private long large() {
        return randomness.nextLong() >>> 1 + randomness.nextInt(60);
    }

    private TopicId id() {
        return TopicId.random(randomness);
    }

    public String text() {
        return List.of("", "a", "/", "orders.v1", "é€😀", "a_b").get(randomness.nextInt(6));
    }
}
