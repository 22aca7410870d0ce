package io.millrace.server;

import io.millrace.broker.group.CoordinatorEvents;
import io.millrace.broker.group.GroupEvent;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells operators what happens to groups.
final class GroupLog implements CoordinatorEvents {
    private static final Logger LOG = LoggerFactory.getLogger(GroupLog.class);

    @Override
    public void group(GroupEvent event) {
        LOG.debug("event=group {}", event);
    }

    @Override
    public void loaded(TopicPartition partition, int groups, int offsets, Map<String, Integer> skipped) {
        if (!skipped.isEmpty()) {
            LOG.warn("event=group-records-skipped partition={} kinds={}", partition, skipped);
        }
        LOG.debug("event=groups-loaded partition={} groups={} offsets={}", partition, groups, offsets);
    }

    @Override
    public void loadFailed(TopicPartition partition, ErrorKind error) {
        LOG.warn("event=groups-load-failed partition={} error={}", partition, error);
    }

    @Override
    public void unloaded(TopicPartition partition, String why) {
        LOG.debug("event=groups-unloaded partition={} reason=\"{}\"", partition, why);
    }
}
