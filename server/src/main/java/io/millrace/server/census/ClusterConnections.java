package io.millrace.server.census;

import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ConnectionsView;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/// Who is connected to any node. May be called from any thread; its state is its loop's.
final class ClusterConnections implements ConnectionsView {
    private final int self;
    private final ConnectionsView own;
    private final OtherNodes others;
    private final Loop loop;
    private final Clock clock;
    private final Map<Depth, Fresh<Connected>> whole = new EnumMap<>(Depth.class);

    ClusterConnections(int self, ConnectionsView own, OtherNodes others, Loop loop, Clock clock) {
        this.self = self;
        this.own = own;
        this.others = others;
        this.loop = loop;
        this.clock = clock;
        for (Depth depth : Depth.values()) {
            whole.put(depth, new Fresh<>(loop, clock, reply -> askAll(new Wanted.All(depth), reply)));
        }
    }

    @Override
    public void ask(Wanted wanted, Consumer<Connected> reply) {
        if (others.present().isEmpty()) {
            own.ask(wanted, reply);
        } else {
            loop.run(() -> {
                switch (wanted) {
                    case Wanted.All(Depth depth) ->
                        Objects.requireNonNull(whole.get(depth)).get(reply);
                    case Wanted.Named _, Wanted.ConsumersOf _ -> askAll(wanted, reply);
                }
            });
        }
    }

    private void askAll(Wanted wanted, Consumer<Connected> reply) {
        List<Integer> present = others.present();
        Gathering<Connected> all =
                new Gathering<>(loop, present.size() + 1, answers -> reply.accept(together(answers)));
        own.ask(wanted, rows -> all.add(self, Optional.of(rows)));
        present.forEach(node -> RowQuestion.ask(others, node, wanted, clock, rows -> all.add(node, rows)));
    }

    private static Connected together(List<Connected> answers) {
        List<ConnectionRow> connections = new ArrayList<>();
        List<ChannelRow> channels = new ArrayList<>();
        List<ConsumerRow> consumers = new ArrayList<>();
        for (Connected each : answers) {
            connections.addAll(each.connections());
            channels.addAll(each.channels());
            consumers.addAll(each.consumers());
        }
        return new Connected(connections, channels, consumers);
    }

    @Override
    public void close(ConnectionRow connection, String reason) {
        others.present().stream()
                .filter(node -> ClusterView.nameOf(node).equals(connection.node()))
                .findFirst()
                .ifPresentOrElse(
                        node -> loop.run(
                                () -> others.ask(node, new Question.Close(connection.name(), reason), answer -> {})),
                        () -> own.close(connection, reason));
    }
}
