package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.OffsetRanges;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.TreeMap;

/// The table of messages does what a map does, and its costs add up.
class MessagesByOffsetProperty {
    @Property(tries = 200)
    void doesWhatAMapDoes(SeededRandomness random) {
        var memory = new QueueFixture.Memory();
        var table = new MessagesByOffset(memory);
        var map = new TreeMap<Long, Message>();
        int reach = random.between(1, 400);
        for (int step = 0; step < 500; step++) {
            long offset = random.nextInt(reach) * (random.onceIn(10) ? 1_000_003L : 1L);
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3, 4, 5 -> {
                    if (!map.containsKey(offset)) {
                        var message = new Message(FormatId.KAFKA, "", "", new byte[0], new byte[random.nextInt(9)], 0);
                        table.add(offset, message);
                        map.put(offset, message);
                    }
                }
                case 6, 7, 8, 9 -> assertThat(table.remove(offset)).isSameAs(map.remove(offset));
                case 10 -> {
                    var gone =
                            new OffsetRanges.Builder().add(offset, offset + 5).build();
                    table.removeAll(gone);
                    map.subMap(offset, offset + 6).clear();
                }
                default -> assertThat(table.find(offset)).isSameAs(map.get(offset));
            }
            assertThat(table.count()).isEqualTo(map.size());
            assertThat(memory.bytes)
                    .isEqualTo(map.values().stream().mapToLong(Message::bytes).sum());
        }
        map.forEach((offset, message) -> assertThat(table.find(offset)).isSameAs(message));
        table.clear();
        assertThat(memory.bytes).isZero();
        assertThat(table.count()).isZero();
    }
}
