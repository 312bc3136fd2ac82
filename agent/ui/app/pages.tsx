import {
  ActionIcon,
  AppShell,
  Badge,
  Button,
  Group,
  NavLink,
  ScrollArea,
  SimpleGrid,
  Stack,
  Text,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  Outlet,
  RouterProvider,
  useLocation,
} from '@tanstack/react-router';
import { LogOut } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { DoorName, Me, Person } from '#shared/agent-api/answers.ts';
import { call } from '../api/client.ts';
import { useStatus } from '../api/queries.ts';
import { PAGES } from '../pages/all.ts';
import { useStrayScans } from '../parts/stray-scans.ts';
import { useWords } from '../words/words.tsx';
import { Looks } from './looks.tsx';
import { BrokenPage } from './broken-page.tsx';
import type { Page } from './page.ts';
import classes from './pages.module.css';
import { Someone, usePerson } from './person.ts';
import { SafetyBanner } from './safety-banner.tsx';
import { troublesOf } from './troubles.ts';

const pagesOf = ({ role }: Person, door: DoorName): Page[] =>
  PAGES.filter((page) => (page.role ?? role) === role && (page.door ?? door) === door);

export function Pages({ person, door }: { readonly person: Person; readonly door: DoorName }) {
  const [router] = useState(() => {
    const pages = pagesOf(person, door);
    const root = createRootRoute({ component: () => <Frame pages={pages} />, notFoundComponent: () => null });
    const routes = pages.map(({ name, view }, place) =>
      createRoute({ getParentRoute: () => root, path: place === 0 ? '/' : `/${name}`, component: view }),
    );
    return createRouter({
      routeTree: root.addChildren(routes),
      history: createHashHistory(),
      defaultErrorComponent: BrokenPage,
    });
  });
  return (
    <Someone.Provider value={person}>
      <RouterProvider router={router} />
    </Someone.Provider>
  );
}

/** Navigation on the left, at the bottom of narrow windows; the banner above every page. */
function Frame({ pages }: { readonly pages: readonly Page[] }) {
  const person = usePerson();
  const words = useWords();
  useStrayScans();
  const { pathname } = useLocation();
  const { data: status } = useStatus();
  const pathOf = (name: string) => (name === PAGES[0]?.name ? '/' : `/${name}`);
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      // Alt+0 is the tenth.
      const place = (Number(event.code.slice(5)) + 9) % 10;
      const page = event.altKey && /^Digit\d$/.test(event.code) ? pages[place] : undefined;
      if (page === undefined) return;
      location.hash = pathOf(page.name);
      // The next Tab is one of the page, not of the navigation before it; a page whose first field takes the focus does so after this.
      focusContent(event);
    };
    addEventListener('keydown', open);
    return () => removeEventListener('keydown', open);
  });
  const store = status?.store?.name;
  const here = pages.find(({ name }) => pathname === pathOf(name))?.name;
  useEffect(() => {
    // Told from others in a row of tabs, and in the desktop's window.
    document.title = [here === undefined ? '' : words.pages[here], store ?? 'Shelfwire'].filter(Boolean).join(' · ');
  }, [here, store, words]);
  const troubles = troublesOf(status);
  const badge = (name: string, size: 'sm' | 'lg') =>
    name === 'problems' && troubles > 0 ? (
      <Badge color="red" size={size} circle={troubles < 100}>
        {troubles}
      </Badge>
    ) : null;
  // All of them can be seen: what lies outside of the window is not found.
  const rows = pages.length > 7 ? 2 : 1;
  return (
    <AppShell
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 60 * rows, sm: 0 } }}
      padding="md"
    >
      <a href="#content" className="skip" onClick={focusContent}>
        {words.skip}
      </a>
      <AppShell.Navbar p="sm" className="no-print" visibleFrom="sm">
        <AppShell.Section p="xs">
          <Text fw={700} size="lg" truncate title={status?.store?.name}>
            {status?.store?.name ?? 'Shelfwire'}
          </Text>
          <Text size="sm" c="dimmed" mih="1.45em">
            {status?.store?.code}
          </Text>
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea}>
          <nav aria-label={words.navigation}>
            {pages.map(({ name, icon: Icon }, place) => (
              <NavLink
                key={name}
                component={Link}
                {...{ to: pathOf(name) }}
                active={pathname === pathOf(name)}
                aria-current={pathname === pathOf(name) ? 'page' : undefined}
                aria-keyshortcuts={`Alt+${(place + 1) % 10}`}
                label={words.pages[name]}
                leftSection={<Icon size={20} aria-hidden />}
                rightSection={
                  badge(name, 'lg') ?? (
                    <Text size="xs" c="dimmed" className={classes['shortcut'] ?? ''} aria-hidden>
                      Alt+{(place + 1) % 10}
                    </Text>
                  )
                }
                py="sm"
              />
            ))}
          </nav>
        </AppShell.Section>
        <AppShell.Section>
          <Stack gap="xs">
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm">
                {person.name}{' '}
                <Text span c="dimmed" size="sm">
                  {words.signIn.roles[person.role]}
                </Text>
              </Text>
              <SignOut />
            </Group>
            <Looks />
          </Stack>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Footer hiddenFrom="sm" className="no-print">
        <SimpleGrid
          component="nav"
          aria-label={words.navigation}
          cols={Math.ceil(pages.length / rows)}
          spacing={0}
          verticalSpacing={4}
        >
          {pages.map(({ name, icon: Icon }) => (
            <Button
              key={name}
              component={Link}
              {...{ to: pathOf(name) }}
              variant={pathname === pathOf(name) ? 'light' : 'subtle'}
              px={0}
              h={56}
              className={classes['tab'] ?? ''}
              aria-current={pathname === pathOf(name) ? 'page' : undefined}
            >
              <Icon size={22} aria-hidden />
              <span className={classes['tabName']}>{words.pages[name]}</span>
              {badge(name, 'sm')}
            </Button>
          ))}
        </SimpleGrid>
      </AppShell.Footer>
      <AppShell.Main id="content" tabIndex={-1} className={classes['main'] ?? ''}>
        <SafetyBanner />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

/** The address holds the page: a link to the content must not change it. */
function focusContent(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#content')?.focus();
}

function SignOut() {
  const { signIn } = useWords();
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: () => call<Me>('DELETE', '/v1/sessions'),
    onSettled: () => {
      queries.clear();
      void queries.invalidateQueries();
      location.reload();
    },
  });
  return (
    <ActionIcon variant="default" aria-label={signIn.out} onClick={() => leave.mutate()}>
      <LogOut size={20} aria-hidden />
    </ActionIcon>
  );
}
