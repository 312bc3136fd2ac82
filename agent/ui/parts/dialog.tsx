import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.tsx';

/** A question in front of the page. Nothing moves, and its cross has a name and the size of a fingertip. */
export function Dialog(parts: {
  isOpen: boolean;
  close: () => void;
  title: string;
  size?: 'md' | 'lg';
  children: ReactNode;
}) {
  const { close: label } = useWords();
  return (
    <Modal
      opened={parts.isOpen}
      onClose={parts.close}
      title={parts.title}
      size={parts.size ?? 'md'}
      centered
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': label, size: 44 }}
    >
      {parts.children}
    </Modal>
  );
}
