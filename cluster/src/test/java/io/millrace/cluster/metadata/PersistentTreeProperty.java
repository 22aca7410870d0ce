package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

class PersistentTreeProperty {
    @Property
    void behavesAsASortedMapAndNeverChanges(SeededRandomness randomness) {
        PersistentTree<Integer, Integer> tree = PersistentTree.empty(Integer::compare);
        TreeMap<Integer, Integer> model = new TreeMap<>();
        List<PersistentTree<Integer, Integer>> trees = new ArrayList<>();
        List<List<Integer>> contents = new ArrayList<>();
        for (int step = 0; step < 200; step++) {
            int key = randomness.nextInt(50);
            if (randomness.nextInt(3) == 0) {
                tree = tree.without(key);
                model.remove(key);
            } else {
                tree = tree.with(key, step);
                model.put(key, step);
            }
            if (randomness.onceIn(10)) {
                int bound = step;
                tree = tree.mapped(value -> value % 3 == 0 ? value + bound : value);
                model.replaceAll((_, value) -> value % 3 == 0 ? value + bound : value);
            }
            trees.add(tree);
            contents.add(List.copyOf(model.values()));
            assertThat(tree.get(key)).isEqualTo(model.get(key));
            assertThat(tree.size()).isEqualTo(model.size());
        }

        assertThat(tree.mapped(value -> value)).isSameAs(tree);
        int from = randomness.nextInt(50);
        assertThat(tree.valuesFrom(from))
                .containsExactlyElementsOf(model.tailMap(from, true).values());
        assertThat(tree.keys()).containsExactlyElementsOf(model.keySet());
        for (int at = 0; at < trees.size(); at++) {
            assertThat(trees.get(at).values()).containsExactlyElementsOf(contents.get(at));
        }
    }
}
