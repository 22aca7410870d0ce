package io.millrace.cluster.raft;

import io.millrace.cluster.CatalogCell;
import io.millrace.cluster.metadata.MetadataImage;

/// A cell that hands images from the metadata thread to all others.
final class SharedCatalogCell implements CatalogCell {
    private volatile MetadataImage image;

    SharedCatalogCell(MetadataImage image) {
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
