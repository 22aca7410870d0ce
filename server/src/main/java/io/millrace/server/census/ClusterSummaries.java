package io.millrace.server.census;

import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.console.port.NodeSummaries;
import io.millrace.console.port.NodeSummary;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// All nodes in numbers. May be called from any thread; its state is its loop's.
final class ClusterSummaries implements NodeSummaries {
    private final int self;
    private final NodeSummaries own;
    private final OtherNodes others;
    private final Loop loop;
    private final Fresh<List<NodeSummary>> fresh;

    ClusterSummaries(int self, NodeSummaries own, OtherNodes others, Loop loop, Clock clock) {
        this.self = self;
        this.own = own;
        this.others = others;
        this.loop = loop;
        this.fresh = new Fresh<>(loop, clock, this::askAll);
    }

    @Override
    public void latest(Consumer<List<NodeSummary>> reply) {
        loop.run(() -> fresh.get(reply));
    }

    private void askAll(Consumer<List<NodeSummary>> reply) {
        List<Integer> present = others.present();
        Gathering<NodeSummary> all = new Gathering<>(loop, present.size() + 1, reply);
        own.latest(summary -> all.add(self, Optional.of(summary.getFirst())));
        present.forEach(node -> others.ask(node, new Question.Summary(), answer -> all.add(node, summary(answer))));
    }

    private static Optional<NodeSummary> summary(PeerAnswer answer) {
        try {
            return answer instanceof PeerAnswer.Frame frame
                    ? Optional.of(CensusCodec.summary(frame.bytes()))
                    : Optional.empty();
        } catch (MalformedRecord unknown) {
            return Optional.empty(); // a release that speaks otherwise
        }
    }
}
