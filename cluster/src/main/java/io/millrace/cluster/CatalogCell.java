package io.millrace.cluster;

import io.millrace.cluster.metadata.MetadataImage;

/// Where the current image, and what of it the other nodes are known to know, are put for everyone to see. The metadata
/// loop sets it; any thread reads it.
public interface CatalogCell {
    MetadataImage get();

    void set(MetadataImage image);

    KnownTopology known();

    void know(KnownTopology known);
}
