import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.tsx';

/** A question in front of the page, which stays where it is. Its cross has a name and the size of a fingertip. */
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
      // A second press on what opened it falls beside it; and what is typed is not thrown away by one that missed.
      closeOnClickOutside={false}
      transitionProps={{ duration: 0 }}
      // The room of the scrollbar is kept by the page itself (app.css): kept twice, all of it would move aside.
      removeScrollProps={{ removeScrollBar: false }}
      closeButtonProps={{ 'aria-label': label, size: 44 }}
    >
      {parts.children}
    </Modal>
  );
}
