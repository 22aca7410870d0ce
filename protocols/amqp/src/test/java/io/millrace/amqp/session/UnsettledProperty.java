package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// [Unsettled] against a plain sorted map.
class UnsettledProperty {
    private static final QueueView VIEW = new QueueView(
            new QueueSpec(
                    new QueueRef(TestTopology.ROOT, new QueueName("q")),
                    QueueType.CLASSIC,
                    false,
                    false,
                    false,
                    Arguments.NONE),
            new TopicId(0, 1),
            new QueueView.Home.InMemory(1, 1),
            Optional.empty(),
            EffectivePolicy.NONE);

    private final ChannelQueue queue = new ChannelQueue(VIEW, new TestQueue(turn -> {}).open());

    @Property
    void holdsWhatASortedMapHolds(SeededRandomness random) {
        Unsettled unsettled = new Unsettled();
        TreeMap<Long, Unsettled.Entry> naive = new TreeMap<>();
        List<Unsettled.Entry> aside = new ArrayList<>();
        long nextTag = 1;

        for (int i = 0; i < 500; i++) {
            long tag = nextTag == 1 ? 1 : 1 + random.nextInt((int) nextTag);
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> {
                    nextTag += random.between(0, 2);
                    Unsettled.Entry entry = new Unsettled.Entry(nextTag++, queue, i, null);
                    unsettled.add(entry);
                    naive.put(entry.tag(), entry);
                }
                case 4, 5 -> {
                    Unsettled.Entry removed = unsettled.remove(tag);
                    assertThat(removed).isEqualTo(naive.remove(tag));
                    if (removed != null) {
                        aside.add(removed);
                    }
                }
                case 6 -> {
                    if (random.onceIn(5)) {
                        List<Unsettled.Entry> removed = new ArrayList<>();
                        boolean done = unsettled.removeThrough(tag, removed::add);
                        assertThat(done).isEqualTo(naive.containsKey(tag));
                        if (done) {
                            assertThat(removed)
                                    .containsExactlyElementsOf(
                                            naive.headMap(tag, true).values());
                            naive.headMap(tag, true).clear();
                        }
                    }
                }
                default -> {
                    aside.sort((one, two) -> Long.compare(one.tag(), two.tag()));
                    unsettled.restore(aside);
                    aside.forEach(each -> naive.put(each.tag(), each));
                    aside.clear();
                }
            }
            assertThat(unsettled.count()).isEqualTo(naive.size());
        }

        List<Unsettled.Entry> rest = new ArrayList<>();
        unsettled.removeAll(rest::add);
        assertThat(rest).containsExactlyElementsOf(naive.values());
    }
}
