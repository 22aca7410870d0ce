package io.millrace.cluster;

import io.millrace.cluster.metadata.MetadataImage;

/// Where the current image is put for everyone to see. The metadata loop sets it; any thread reads it.
public interface CatalogCell {
    MetadataImage get();

    void set(MetadataImage image);
}
