package io.millrace.cluster;

import io.millrace.cluster.metadata.MetadataImage;

/// A cell for tests and the simulator, where everything runs in one thread.
public final class PlainCatalogCell implements CatalogCell {
    private MetadataImage image;

    public PlainCatalogCell(MetadataImage image) {
        this.image = image;
    }

    @Override
    public MetadataImage get() {
        return image;
    }

    @Override
    public void set(MetadataImage image) {
        this.image = image;
    }
}
