package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.DoublyHashed;
import io.millrace.model.PersistentMap;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// [PersistentMap] against the JDK's map. (It lives in `model`, which the testkit is built on.)
class PersistentMapProperty {
    /// A key of which many have the same hash code, or nearly.
    private record Key(int number, int hash, int second) implements DoublyHashed {
        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public long secondHashCode() {
            return second;
        }
    }

    @Property
    void behavesAsAMapAndNeverChanges(SeededRandomness random) {
        int keys = random.between(1, 200);
        int hashes = random.pick(List.of(1, 3, 50, 1 << 30));
        int seconds = random.pick(List.of(1, 4, 1_000));
        PersistentMap<Key, Integer> map = PersistentMap.empty();
        Map<Key, Integer> model = new LinkedHashMap<>();
        List<PersistentMap<Key, Integer>> maps = new ArrayList<>();
        List<Map<Key, Integer>> contents = new ArrayList<>();
        for (int step = 0; step < 300; step++) {
            int number = random.nextInt(keys);
            Key key = new Key(number, (int) (number * 0x5851_F42D_4C95_7F2DL % hashes), number / seconds);
            if (random.nextInt(5) < 2) {
                map = map.without(key);
                model.remove(key);
            } else {
                map = map.with(key, step);
                model.put(key, step);
            }
            assertThat(map.get(key)).isEqualTo(model.get(key));
            maps.add(map);
            contents.add(Map.copyOf(model));
        }

        for (int i = 0; i < maps.size(); i += 17) {
            assertThat(contentOf(maps.get(i))).isEqualTo(contents.get(i));
            assertThat(maps.get(i).size()).isEqualTo(contents.get(i).size());
        }
        for (Key key : model.keySet()) {
            map = map.without(key);
        }
        assertThat(map.isEmpty()).isTrue();
    }

    @Property
    void theOrderFollowsFromTheKeysAndNotFromHistory(SeededRandomness random) {
        PersistentMap<Integer, Integer> direct = PersistentMap.empty();
        PersistentMap<Integer, Integer> roundabout = PersistentMap.empty();
        int count = random.between(1, 500);
        for (int i = 0; i < count; i++) {
            direct = direct.with(i * 7, i);
            roundabout = roundabout.with((count - 1 - i) * 7, 0).with(i * 7 + 3, -1);
        }
        for (int i = 0; i < count; i++) {
            roundabout = roundabout.without(i * 7 + 3).with(i * 7, i);
        }

        assertThat(contentOf(roundabout).entrySet())
                .containsExactlyElementsOf(contentOf(direct).entrySet());
        List<Integer> values = List.copyOf(contentOf(direct).values());
        for (int i = 0; i < values.size(); i++) {
            assertThat(direct.valueAt(i)).isEqualTo(values.get(i));
        }
    }

    /// "Aa" and "BB" have the same hash code, and so has every row of them of one length.
    @Test
    void namesMadeToCollideDoNotShareAList() {
        PersistentMap<String, Integer> map = PersistentMap.empty();
        int count = 1 << 16;
        for (int i = 0; i < count; i++) {
            map = map.with(colliding(i), i);
        }

        assertThat(colliding(0)).hasSameHashCodeAs(colliding(count - 1));
        for (int i = 0; i < count; i += 7) {
            assertThat(map.get(colliding(i))).isEqualTo(i);
            map = map.without(colliding(i));
            assertThat(map.get(colliding(i))).isNull();
        }
        assertThat(map.size()).isEqualTo(count - (count + 6) / 7);
    }

    private static String colliding(int number) {
        StringBuilder name = new StringBuilder();
        for (int bit = 0; bit < 16; bit++) {
            name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return name.toString();
    }

    @Property(tries = 5)
    void whatChangesNothingIsTheSameMap(SeededRandomness random) {
        PersistentMap<String, String> map =
                PersistentMap.<String, String>empty().with("one", "1");
        for (int i = 0; i < random.nextInt(100); i++) {
            map = map.with("key" + i, "value");
        }

        assertThat(map.with("one", "1")).isSameAs(map);
        assertThat(map.without("none")).isSameAs(map);
    }

    private static <K, V> Map<K, V> contentOf(PersistentMap<K, V> map) {
        Map<K, V> content = new LinkedHashMap<>();
        map.forEach(content::put);
        return content;
    }
}
