package io.millrace.amqp.session;

import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the user of a connection may do in its virtual host, checked by name, in RabbitMQ's words.
///
/// Owned by: one connection's loop.
final class Access {
    private static final PermissionView NOTHING = new PermissionView("", "", "", "");

    private final VhostView vhost;
    private final String user;
    private final PermissionView permission;
    private final PermissionPattern configure;
    private final PermissionPattern write;
    private final PermissionPattern read;
    private final Map<ExchangeName, TopicAccess> topics = new HashMap<>();

    private record TopicAccess(PermissionPattern write, PermissionPattern read) {
        static TopicAccess all() {
            return new TopicAccess(new PermissionPattern(".*"), new PermissionPattern(".*"));
        }
    }

    private Access(VhostView vhost, String user, PermissionView permission) {
        this.vhost = vhost;
        this.user = user;
        this.permission = permission;
        this.configure = new PermissionPattern(permission.configure());
        this.write = new PermissionPattern(permission.write());
        this.read = new PermissionPattern(permission.read());
    }

    private Access(VhostView vhost, Access same) {
        this.vhost = vhost;
        this.user = same.user;
        this.permission = same.permission;
        this.configure = same.configure;
        this.write = same.write;
        this.read = same.read;
    }

    /// @param before what held until now; kept as far as nothing changed for this user
    static Access of(VhostView vhost, String user, @Nullable Access before) {
        PermissionView permission = vhost.permission(user).orElse(NOTHING);
        return before != null && before.permission.equals(permission)
                ? new Access(vhost, before)
                : new Access(vhost, user, permission);
    }

    boolean isOf(VhostView other) {
        return vhost == other;
    }

    void configure(ExchangeName exchange) throws Refused {
        check(configure, exchange);
    }

    void write(ExchangeName exchange) throws Refused {
        check(write, exchange);
    }

    void read(ExchangeName exchange) throws Refused {
        check(read, exchange);
    }

    void configure(QueueName queue) throws Refused {
        check(configure, queue);
    }

    void write(QueueName queue) throws Refused {
        check(write, queue);
    }

    void read(QueueName queue) throws Refused {
        check(read, queue);
    }

    /// With which routing keys may be published to a topic exchange; with any where nothing is said.
    void writeTopic(ExchangeName exchange, String routingKey) throws Refused {
        check(topic(exchange).write, exchange, routingKey);
    }

    /// With which routing keys may be bound to a topic exchange.
    void readTopic(ExchangeName exchange, String routingKey) throws Refused {
        check(topic(exchange).read, exchange, routingKey);
    }

    private TopicAccess topic(ExchangeName exchange) {
        return topics.computeIfAbsent(
                exchange,
                name -> vhost.topicPermission(user, name)
                        .map(said -> new TopicAccess(pattern(said.write()), pattern(said.read())))
                        .orElseGet(TopicAccess::all));
    }

    private PermissionPattern pattern(String said) {
        return new PermissionPattern(
                said.replace("{username}", user).replace("{vhost}", vhost.name().value()));
    }

    private void check(PermissionPattern pattern, ExchangeName exchange, String routingKey) throws Refused {
        if (!pattern.matches(routingKey)) {
            throw refused("topic '" + routingKey + "' in exchange '" + exchange + "' in vhost '" + vhost.name() + "'");
        }
    }

    private void check(PermissionPattern pattern, ExchangeName exchange) throws Refused {
        String name = exchange.isDefault() ? "amq.default" : exchange.value();
        if (!pattern.matches(name)) {
            throw refused(Names.exchange(new ExchangeName(name), vhost.name()));
        }
    }

    private void check(PermissionPattern pattern, QueueName queue) throws Refused {
        if (!pattern.matches(queue.value())) {
            throw refused(Names.queue(queue, vhost.name()));
        }
    }

    private Refused refused(String what) {
        return Refused.accessRefused("access to " + what + " refused for user '" + user + "'");
    }
}
