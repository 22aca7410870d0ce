package io.millrace.broker.group;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which protocols the members of a group speak, and the vote on the one they will use.
///
/// Owned by: the shard. Invariant: no count is 0 or below.
final class SpokenProtocols {
    private final Map<String, Integer> speakers = new LinkedHashMap<>();

    void add(Member member) {
        count(member, 1);
    }

    void remove(Member member) {
        count(member, -1);
    }

    private void count(Member member, int change) {
        for (JoinGroup.Protocol own : member.protocols) {
            speakers.merge(own.name(), change, (had, more) -> had + more == 0 ? null : had + more);
        }
    }

    /// Whether one of these is spoken by as many members.
    boolean isAnySpokenBy(int memberCount, List<JoinGroup.Protocol> offered) {
        return offered.stream().anyMatch(one -> speakers.getOrDefault(one.name(), 0) == memberCount);
    }

    /// The protocol with most votes; every member votes for its favourite among those all members speak.
    String elect(Collection<Member> members) {
        Set<String> candidates = new LinkedHashSet<>();
        speakers.forEach((name, count) -> {
            if (count == members.size()) {
                candidates.add(name);
            }
        });
        Map<String, Integer> votes = new LinkedHashMap<>();
        members.forEach(member -> votes.merge(member.vote(candidates), 1, Integer::sum));
        String winner = "";
        int most = 0;
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            if (vote.getValue() > most) {
                winner = vote.getKey();
                most = vote.getValue();
            }
        }
        return winner;
    }
}
