package io.millrace.kafka;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply.Part;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.Partitions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// [FollowerReads] that read everything each time.
final class MemoryFollowerReads<Q extends FollowerReads.Question> implements FollowerReads<Q> {
    private final Partitions partitions;
    private final CatalogSource catalog;
    private final FetchQuery.Asker asker;
    private final Set<Q> questions = new LinkedHashSet<>();
    private Partitions.Waiting waiting = () -> {};
    private Runnable hurry = () -> {};
    private Runnable end = () -> {};

    MemoryFollowerReads(Partitions partitions, CatalogSource catalog, FetchQuery.Asker asker) {
        this.partitions = partitions;
        this.catalog = catalog;
        this.asker = asker;
    }

    @Override
    public void ask(Q question) {
        questions.add(question);
    }

    @Override
    public void forget(Q question) {
        questions.remove(question);
    }

    @Override
    public void fetch(FetchQuery limits, Consumer<List<Answered<Q>>> reply) {
        List<Answered<Q>> answers = new ArrayList<>();
        List<Q> known = new ArrayList<>();
        List<FetchQuery.Ask> asks = new ArrayList<>();
        for (Q question : questions) {
            FetchQuery.Ask ask = question.ask(catalog.current());
            if (ask == null) {
                answers.add(new Answered<>(question, question.unknown()));
            } else {
                known.add(question);
                asks.add(ask);
            }
        }
        long waitMs = answers.isEmpty() ? limits.maxWaitMs() : 0;
        hurry = () -> read(query(limits, 0, asks), answers, known, reply);
        end = () -> reply.accept(List.of());
        read(query(limits, waitMs, asks), answers, known, reply);
    }

    private FetchQuery query(FetchQuery limits, long waitMs, List<FetchQuery.Ask> asks) {
        return new FetchQuery(
                asker, limits.minBytes(), limits.maxBytes(), waitMs, limits.readCommitted(), List.copyOf(asks));
    }

    private void read(FetchQuery query, List<Answered<Q>> answers, List<Q> known, Consumer<List<Answered<Q>>> reply) {
        waiting = partitions.fetch(query, fetched -> {
            hurry = () -> {};
            end = () -> {};
            List<Part> parts = fetched.parts();
            for (int i = 0; i < known.size(); i++) {
                answers.add(new Answered<>(known.get(i), parts.get(i)));
            }
            reply.accept(answers);
        });
    }

    @Override
    public void hurry() {
        waiting.cancel();
        hurry.run();
    }

    @Override
    public void close() {
        waiting.cancel();
        end.run();
    }
}
