package io.millrace.console.web;

import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.NamePattern;
import io.millrace.broker.topology.PasswordHash;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Who asks, and what the tags and permissions allow.
public record Asker(UserView user) {
    /// The node itself, for what its operator told it to do.
    static final Asker NODE = new Asker(new UserView("", "", PasswordHash.SHA256, List.of("administrator")));

    private static final List<String> MONITORS = List.of("administrator", "monitoring");
    private static final List<String> POLICY_MAKERS = List.of("administrator", "policymaker");
    private static final List<String> MANAGERS = List.of("administrator", "monitoring", "policymaker", "management");

    /// Whether this is the node itself, at its start.
    public boolean isNode() {
        return equals(NODE);
    }

    boolean isManager() {
        return hasAny(MANAGERS);
    }

    public boolean isAdministrator() {
        return user.tags().contains("administrator");
    }

    /// Sees all of the cluster.
    public boolean isMonitor() {
        return hasAny(MONITORS);
    }

    private boolean hasAny(List<String> tags) {
        return user.tags().stream().anyMatch(tags::contains);
    }

    public void checkAdministrator() throws Refusal {
        if (!isAdministrator()) {
            throw Refusal.notAuthorised("Not administrator user");
        }
    }

    public void checkMonitor() throws Refusal {
        if (!isMonitor()) {
            throw Refusal.notAuthorised("Not monitor user");
        }
    }

    public void checkPolicyMaker() throws Refusal {
        if (!hasAny(POLICY_MAKERS)) {
            throw notForObject();
        }
    }

    /// Whether this is somebody who makes policies, for a virtual host, if it is there; an administrator is, for all.
    public void checkPolicyMaker(Topology topology, String vhost) throws Refusal {
        checkPolicyMaker();
        boolean isKeptOut = topology.vhost(new VhostName(vhost))
                .filter(there -> !enters(there))
                .isPresent();
        if (isKeptOut && !isAdministrator()) {
            throw notForObject();
        }
    }

    /// Whether this may end what is a user's: one's own, or anybody's as an administrator. To monitor is to look only.
    public void checkMayEnd(String owner) throws Refusal {
        if (!isAdministrator() && !user.name().equals(owner)) {
            throw notForObject();
        }
    }

    private static Refusal notForObject() {
        return Refusal.notAuthorised("User not authorised to access object");
    }

    public boolean enters(VhostView vhost) {
        return vhost.permission(user.name()).isPresent();
    }

    /// Whether lists over all virtual hosts show this one.
    public boolean sees(VhostView vhost) {
        return isMonitor() || enters(vhost);
    }

    void checkEnters(VhostView vhost) throws Refusal {
        if (!sees(vhost)) {
            throw Refusal.notAuthorised("User not authorised to access virtual host");
        }
    }

    public void checkConfigure(VhostView vhost, String kind, String name) throws Refusal {
        check(vhost, kind, name, PermissionView::configure, "configure");
    }

    public void checkWrite(VhostView vhost, String kind, String name) throws Refusal {
        check(vhost, kind, name, PermissionView::write, "write");
    }

    public void checkRead(VhostView vhost, String kind, String name) throws Refusal {
        check(vhost, kind, name, PermissionView::read, "read");
    }

    /// What topic permissions say of publishing with a routing key; nothing of exchanges of other types.
    public void checkWriteTopic(VhostView vhost, ExchangeName exchange, String routingKey) throws Refusal {
        checkTopic(vhost, exchange, routingKey, TopicPermissionView::write, "write");
    }

    /// What topic permissions say of binding with a routing key.
    public void checkReadTopic(VhostView vhost, ExchangeName exchange, String routingKey) throws Refusal {
        checkTopic(vhost, exchange, routingKey, TopicPermissionView::read, "read");
    }

    private void checkTopic(
            VhostView vhost,
            ExchangeName exchange,
            String routingKey,
            Function<TopicPermissionView, String> pattern,
            String action)
            throws Refusal {
        Optional<TopicPermissionView> said = vhost.routing()
                .exchange(exchange)
                .filter(there -> there.type() == ExchangeType.TOPIC)
                .flatMap(_ -> vhost.topicPermission(user.name(), exchange));
        if (said.isPresent() && !expanded(pattern.apply(said.get()), vhost).matches(routingKey)) {
            throw Refusal.notAuthorised("ACCESS_REFUSED - " + action + " access to topic '" + routingKey
                    + "' in exchange '" + exchange + "' in vhost '" + vhost.name() + "' refused for user '"
                    + user.name() + "'");
        }
    }

    private NamePattern expanded(String pattern, VhostView vhost) {
        return new NamePattern(pattern.replace("{username}", user.name())
                .replace("{vhost}", vhost.name().value()));
    }

    private void check(
            VhostView vhost, String kind, String name, Function<PermissionView, String> pattern, String action)
            throws Refusal {
        PermissionView permission = vhost.permission(user.name())
                .orElseThrow(() -> Refusal.notAuthorised("User not authorised to access virtual host"));
        String shown = kind.equals("exchange") && name.isEmpty() ? "amq.default" : name;
        if (!new NamePattern(pattern.apply(permission)).matches(shown)) {
            throw Refusal.notAuthorised("ACCESS_REFUSED - " + action + " access to " + kind + " '" + shown
                    + "' in vhost '" + vhost.name() + "' refused for user '" + user.name() + "'");
        }
    }
}
