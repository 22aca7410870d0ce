package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// Whatever order publishes end in, a client that reads the methods learns of each exactly once, and rightly.
class ConfirmsProperty {
    @Property
    void everyPublishIsToldOnce(SeededRandomness random) {
        Confirms confirms = new Confirms();
        Listener client = new Listener();
        List<Long> underWay = new ArrayList<>();
        TreeMap<Long, Boolean> ended = new TreeMap<>();

        for (int i = 0; i < 400; i++) {
            if (underWay.isEmpty() || random.nextBoolean()) {
                long sequence = confirms.begin();
                client.open.add(sequence);
                if (random.onceIn(4)) {
                    confirms.endAtOnce(sequence, client);
                    ended.put(sequence, true);
                } else {
                    underWay.add(sequence);
                }
            } else {
                int which = random.nextBoolean() ? 0 : random.nextInt(underWay.size());
                long sequence = underWay.remove(which);
                boolean stored = !random.onceIn(5);
                confirms.end(sequence, stored);
                ended.put(sequence, stored);
            }
            if (random.onceIn(4)) {
                confirms.tell(client);
                assertThat(client.told).isEqualTo(ended);
                assertThat(confirms.hasNews()).isFalse();
            }
        }
    }

    private static final class Listener implements Confirms.Verdicts {
        private final TreeSet<Long> open = new TreeSet<>();
        private final TreeMap<Long, Boolean> told = new TreeMap<>();

        @Override
        public void ack(long sequence, boolean multiple) {
            hear(sequence, multiple, true);
        }

        @Override
        public void nack(long sequence, boolean multiple) {
            hear(sequence, multiple, false);
        }

        private void hear(long sequence, boolean multiple, boolean stored) {
            assertThat(open).contains(sequence);
            List<Long> meant = multiple ? List.copyOf(open.headSet(sequence, true)) : List.of(sequence);
            for (Long each : meant) {
                open.remove(each);
                assertThat(told.put(each, stored)).isNull();
            }
        }
    }
}
