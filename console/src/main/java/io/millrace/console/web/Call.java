package io.millrace.console.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.port.Worker;
import io.millrace.model.VhostName;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/// A request of somebody who was let in, on its way to one answer.
///
/// Owned by: the turns of its worker. What others hand over on threads of their own comes back to it by [#later], so
/// that lists and JSON are made on no event loop. Answered once.
public final class Call {
    private final Map<String, String> variables;
    private final QueryParameters query;
    private final ApiRequest request;
    private final Asker asker;
    private final Topology topology;
    private final Worker worker;
    private final Consumer<ApiAnswer> reply;

    Call(
            Map<String, String> variables,
            QueryParameters query,
            ApiRequest request,
            Asker asker,
            Topology topology,
            Worker worker,
            Consumer<ApiAnswer> reply) {
        this.variables = variables;
        this.query = query;
        this.request = request;
        this.asker = asker;
        this.topology = topology;
        this.worker = worker;
        this.reply = reply;
    }

    /// What is left to do with what somebody else found out.
    public interface Rest<T> {
        /// @throws Refusal instead of an answer
        void go(T found) throws Refusal;
    }

    /// For replies that arrive on any thread: what follows is done in a turn of this call's worker.
    public <T> Consumer<T> later(Rest<T> rest) {
        return found -> worker.post(() -> {
            try {
                rest.go(found);
            } catch (Refusal why) {
                refuse(why);
            }
        });
    }

    /// A variable of the path, which has it.
    public String path(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    public boolean hasPath(String name) {
        return variables.containsKey(name);
    }

    public QueryParameters query() {
        return query;
    }

    /// Why something is to be done, in the words of whoever asks for it.
    public Optional<String> reason() {
        return request.reason();
    }

    /// Who asks.
    public Asker asker() {
        return asker;
    }

    /// What existed when the request came.
    public Topology topology() {
        return topology;
    }

    /// The virtual host the path names, which the asker may see into.
    public VhostView vhost() throws Refusal {
        VhostView vhost = topology.vhost(new VhostName(path("vhost"))).orElseThrow(Refusal::notFound);
        asker.checkEnters(vhost);
        return vhost;
    }

    /// The virtual host the path names, in which the asker is to change something.
    public VhostView vhostToChange() throws Refusal {
        VhostView vhost =
                topology.vhost(new VhostName(path("vhost"))).orElseThrow(() -> Refusal.missing("vhost_not_found"));
        asker.checkEnters(vhost);
        return vhost;
    }

    /// The body as a JSON object; an empty body counts as an empty object.
    public Body json() throws Refusal {
        byte[] body = request.body();
        return new Body(body.length == 0 ? JsonNodeFactory.instance.objectNode() : JsonBytes.object(body));
    }

    /// Answers with one object, of which the query may want some columns only.
    public void answer(ObjectNode tree) {
        answer(ApiAnswer.ok(Columns.of(query).of(tree)));
    }

    /// Answers with the items the query wants.
    public <T> void answer(Collection<T> items, Shape<T> shape) throws Refusal {
        answer(Listing.answer(query, items, shape));
    }

    /// Answers with all of a short list.
    public void answer(ArrayNode list) {
        answer(ApiAnswer.ok(list));
    }

    public void answer(ApiAnswer answer) {
        reply.accept(answer);
    }

    public void refuse(Refusal why) {
        reply.accept(why.answer());
    }
}
