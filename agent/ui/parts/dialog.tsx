import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

/** A question in front of the page. Nothing moves; Escape or its own button ends it. */
export function Dialog(parts: {
  isOpen: boolean;
  close: () => void;
  title: string;
  size?: 'md' | 'lg';
  children: ReactNode;
}) {
  return (
    <Modal
      opened={parts.isOpen}
      onClose={parts.close}
      title={parts.title}
      size={parts.size ?? 'md'}
      centered
      transitionProps={{ duration: 0 }}
    >
      {parts.children}
    </Modal>
  );
}
