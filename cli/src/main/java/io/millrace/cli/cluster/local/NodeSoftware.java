package io.millrace.cli.cluster.local;

import java.io.IOException;

/// What the nodes run. A port: experiments and tests know no more of a broker than this.
public interface NodeSoftware {
    /// In tables and file names.
    String name();

    /// Makes the place ready for its first start, once in its life.
    void prepare(ClusterPlan plan, NodePlace place) throws IOException, InterruptedException;

    Launch launch(ClusterPlan plan, NodePlace place);
}
